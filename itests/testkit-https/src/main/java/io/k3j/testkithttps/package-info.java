/// Servers of HTTPS for tests, made by the JDK alone.
@NullMarked
package io.k3j.testkithttps;

import org.jspecify.annotations.NullMarked;
