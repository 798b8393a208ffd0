package io.k3j.componentapi;

import java.util.Set;

/// The words K3s users name components by. They are feature names here, spelt as K3s spells them.
public final class ComponentNames {
    /// Cluster DNS, behind the Service `kube-dns`.
    public static final String COREDNS = "coredns";
    /// Addresses for Services of type LoadBalancer.
    public static final String SERVICELB = "servicelb";
    /// The packaged ingress controller.
    public static final String TRAEFIK = "traefik";
    /// The `local-path` provisioner.
    public static final String LOCAL_STORAGE = "local-storage";
    /// The `metrics.k8s.io` API.
    public static final String METRICS_SERVER = "metrics-server";
    /// The packaged RuntimeClasses.
    public static final String RUNTIMES = "runtimes";
    /// HelmChart and HelmChartConfig objects.
    public static final String HELM_CONTROLLER = "helm-controller";
    /// NetworkPolicy objects.
    public static final String NETWORK_POLICY = "network-policy";
    /// Services on a node.
    public static final String KUBE_PROXY = "kube-proxy";
    /// The scheduler.
    public static final String SCHEDULER = "scheduler";
    /// The cloud controller named `k3s`.
    public static final String CLOUD_CONTROLLER = "cloud-controller";
    /// The API server.
    public static final String APISERVER = "apiserver";

    /// What `--disable` takes in K3s' documentation. Other words are legal: they name manifests of users.
    public static final Set<String> PACKAGED = Set.of(COREDNS, SERVICELB, TRAEFIK, LOCAL_STORAGE, METRICS_SERVER,
            RUNTIMES);

    private ComponentNames() {
    }
}
