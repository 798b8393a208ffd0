/// The tar, installed on a bare Debian: beside `itests/e2e`, whose machine it needs.
@NullMarked
package io.k3j.e2e;

import org.jspecify.annotations.NullMarked;
