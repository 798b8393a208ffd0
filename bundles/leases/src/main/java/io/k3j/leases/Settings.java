package io.k3j.leases;

/// What the operator decides, with K3s' defaults.
@interface Settings {
    /// `--node-name`: the beginning of the holder's name.
    String nodeName() default "";

    /// `--kube-controller-manager-arg`, as `name=value`.
    String[] kubeControllerManagerArg() default {};

    /// `--kube-scheduler-arg`, as `name=value`.
    String[] kubeSchedulerArg() default {};

    /// `--kube-cloud-controller-manager-arg`, as `name=value`.
    String[] kubeCloudControllerManagerArg() default {};
}
