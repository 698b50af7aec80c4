# What `queqiao check` says about adapter files.
