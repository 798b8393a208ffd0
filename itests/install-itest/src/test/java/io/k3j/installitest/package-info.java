/// The tar, installed on a bare Debian.
@NullMarked
package io.k3j.installitest;

import org.jspecify.annotations.NullMarked;
