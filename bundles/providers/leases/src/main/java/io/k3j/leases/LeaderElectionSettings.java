package io.k3j.leases;

/// The flags of an operator, with K3s' defaults.
@interface LeaderElectionSettings {
    /// `--node-name`: the prefix of the holder's identity.
    String nodeName() default "";

    /// `--kube-controller-manager-arg`, as `name=value`.
    String[] kubeControllerManagerArg() default {};

    /// `--kube-scheduler-arg`, as `name=value`.
    String[] kubeSchedulerArg() default {};

    /// `--kube-cloud-controller-manager-arg`, as `name=value`.
    String[] kubeCloudControllerManagerArg() default {};
}
