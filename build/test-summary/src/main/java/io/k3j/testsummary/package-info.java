/// The last words of the build: how many tests ran, and which were skipped and why.
@NullMarked
package io.k3j.testsummary;

import org.jspecify.annotations.NullMarked;
