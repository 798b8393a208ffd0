/// Lays out what plug-ins are built with as a Maven repository: contracts, the libraries whose types they name, and
/// kits for tests, each with its sources, and the bill of materials that names them with the documentation of the
/// contracts. Runs in the build only.
@NullMarked
package io.k3j.repository;

import org.jspecify.annotations.NullMarked;
