/// Real database servers and etcd clusters of a test's own, from Debian's packages, and what lies between them and a
/// server that uses them.
@NullMarked
package io.k3j.testkitdatabases;

import org.jspecify.annotations.NullMarked;
