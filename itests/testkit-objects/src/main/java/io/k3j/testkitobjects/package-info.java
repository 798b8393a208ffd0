/// Writes of objects from their bytes to the store without a server, for tests of what they cost.
@NullMarked
package io.k3j.testkitobjects;

import org.jspecify.annotations.NullMarked;
