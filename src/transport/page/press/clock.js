// Both clocks of the page: the one that nobody sets, and the one that goes on while the machine sleeps.
return [performance.now(), Date.now()];
