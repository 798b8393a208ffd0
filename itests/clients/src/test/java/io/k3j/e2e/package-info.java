/// The Java clients against pods: beside `itests/e2e`, whose machine they need.
@NullMarked
package io.k3j.e2e;

import org.jspecify.annotations.NullMarked;
