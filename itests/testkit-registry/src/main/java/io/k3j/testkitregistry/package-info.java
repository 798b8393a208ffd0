/// A registry of images for tests: the distribution specification over TLS or plain HTTP, with and without logins.
@NullMarked
package io.k3j.testkitregistry;

import org.jspecify.annotations.NullMarked;
