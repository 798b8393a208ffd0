/// What a validation rule may cost by its schema: upstream's estimate, which decides which definitions are accepted and
/// is bound to be the same number. [io.k3j.celestimates.Estimator] is the entrance.
///
/// ```
/// checked tree ─► Estimator ─► CallEstimates (what a call costs)
///                     └─► KnownSizes: Place (where in the schema), Extent (how large) ◄── ShapeSizes ◄── schema
/// ```
///
/// An estimator is for one expression and one thread; [io.k3j.celestimates.ShapeSizes] is for any, and keeps what it
/// has computed. Nothing blocks or fails; what has no bound is the largest long.
@NullMarked
package io.k3j.celestimates;

import org.jspecify.annotations.NullMarked;
