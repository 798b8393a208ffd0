/// A stage for controllers: a fake API, a clock that stands still, and somebody who plays the nodes.
@NullMarked
package io.k3j.stage;

import org.jspecify.annotations.NullMarked;
