package io.k3j.admissioncore;

/// The K3s flags of this bundle, by their names in camel case.
@interface AdmissionSettings {
    /// `--service-cidr`: one range per address family.
    String[] serviceCidr() default {"10.43.0.0/16"};

    /// `--service-node-port-range`.
    String serviceNodePortRange() default "30000-32767";

    /// `--kube-apiserver-arg`, as `name=value`: the file of `admission-control-config-file`.
    String[] kubeApiserverArg() default {};
}
