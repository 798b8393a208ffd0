/// A small kubectl for machines that have no real one: `get apply delete logs exec wait version`. It says of
/// everything else that a real kubectl is needed.
@NullMarked
package io.k3j.kubectl;

import org.jspecify.annotations.NullMarked;
