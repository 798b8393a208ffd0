/// The container image, run as people run K3s' own.
@NullMarked
package io.k3j.imageitest;

import org.jspecify.annotations.NullMarked;
