"""Lists of any length: filtered, sorted, grouped and folded in slices, rows made when looked at."""
