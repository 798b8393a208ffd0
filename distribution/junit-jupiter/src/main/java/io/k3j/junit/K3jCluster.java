package io.k3j.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// A cluster for the tests of this class. Constructors, methods of tests and their lifecycle take it as a parameter of
/// type [RunningCluster], or a client of it: fabric8's `KubernetesClient`, or the official `ApiClient`, where it is on
/// the class path. A client lives as long as what asked for it.
///
/// The distribution is the directory or the `k3s-…tar.gz` that the system property `k3j.distribution` or the
/// environment variable `K3J_DISTRIBUTION` names, else what the command `k3s` on PATH belongs to.
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(K3jExtension.class)
public @interface K3jCluster {
    /// Who has the cluster for itself.
    enum Sharing {
        /// This class.
        CLASS,
        /// All classes of the test run that ask for the same cluster; it ends with the run.
        RUN
    }

    /// Further flags of `k3s server`, e.g. `--disable=coredns`.
    String[] args() default {};

    /// Whether pods run: the cluster has this machine as a node, which needs root, containerd and Linux, and no other
    /// node in this network. Without it the cluster is an API server with its controllers and scheduler.
    boolean node() default false;

    /// Whether other classes share it.
    Sharing sharing() default Sharing.CLASS;

    /// Options of the server's virtual machine. By default it starts quickly and stays small.
    String javaOptions() default ClusterSpec.SMALL;

    /// How long it may take until it is ready, in seconds.
    int timeoutSeconds() default 120;
}
