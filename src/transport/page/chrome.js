// Pages ask for this to know Chrome from others, and turn others away; the headless shell has all that they then use, and not this.
window.chrome ??= {};
