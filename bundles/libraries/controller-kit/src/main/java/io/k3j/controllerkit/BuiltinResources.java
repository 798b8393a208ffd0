package io.k3j.controllerkit;

import io.k3j.model.FieldMask;
import io.k3j.model.Gvr;

/// The built-in resources that controllers look at, by their upstream names. In the version in which components of
/// this process read and write them, which is each group's stable one.
public final class BuiltinResources {
    /// `pods` of `v1`.
    public static final Gvr PODS = Gvr.of("v1", "pods");
    /// What bundles of a node read of each pod of the cluster: who it is, which addresses it has, whether they are
    /// still its own, and which ports have names. One mask for all of them, so that a node follows those pods once.
    public static final FieldMask CLUSTER_PODS = FieldMask.IDENTITY.with("metadata", "labels")
            .with("metadata", "creationTimestamp").with("metadata", "annotations", "kubernetes.io/config.mirror")
            .with("spec", "nodeName").with("spec", "hostNetwork")
            .with("spec", "containers", "ports", "name").with("spec", "containers", "ports", "protocol")
            .with("spec", "containers", "ports", "containerPort").with("spec", "initContainers", "restartPolicy")
            .with("spec", "initContainers", "ports", "name").with("spec", "initContainers", "ports", "protocol")
            .with("spec", "initContainers", "ports", "containerPort")
            .with("status", "phase").with("status", "startTime").with("status", "podIP")
            .with("status", "podIPs", "ip");
    /// `services` of `v1`.
    public static final Gvr SERVICES = Gvr.of("v1", "services");
    /// `endpoints` of `v1`.
    public static final Gvr ENDPOINTS = Gvr.of("v1", "endpoints");
    /// `nodes` of `v1`.
    public static final Gvr NODES = Gvr.of("v1", "nodes");
    /// `namespaces` of `v1`.
    public static final Gvr NAMESPACES = Gvr.of("v1", "namespaces");
    /// `configmaps` of `v1`.
    public static final Gvr CONFIG_MAPS = Gvr.of("v1", "configmaps");
    /// `secrets` of `v1`.
    public static final Gvr SECRETS = Gvr.of("v1", "secrets");
    /// `serviceaccounts` of `v1`.
    public static final Gvr SERVICE_ACCOUNTS = Gvr.of("v1", "serviceaccounts");
    /// `events` of `v1`.
    public static final Gvr EVENTS = Gvr.of("v1", "events");
    /// `persistentvolumes` of `v1`.
    public static final Gvr PERSISTENT_VOLUMES = Gvr.of("v1", "persistentvolumes");
    /// `persistentvolumeclaims` of `v1`.
    public static final Gvr PERSISTENT_VOLUME_CLAIMS = Gvr.of("v1", "persistentvolumeclaims");
    /// `replicationcontrollers` of `v1`.
    public static final Gvr REPLICATION_CONTROLLERS = Gvr.of("v1", "replicationcontrollers");
    /// `resourcequotas` of `v1`.
    public static final Gvr RESOURCE_QUOTAS = Gvr.of("v1", "resourcequotas");
    /// `limitranges` of `v1`.
    public static final Gvr LIMIT_RANGES = Gvr.of("v1", "limitranges");
    /// `podtemplates` of `v1`.
    public static final Gvr POD_TEMPLATES = Gvr.of("v1", "podtemplates");
    /// `deployments` of `apps/v1`.
    public static final Gvr DEPLOYMENTS = Gvr.of("apps/v1", "deployments");
    /// `replicasets` of `apps/v1`.
    public static final Gvr REPLICA_SETS = Gvr.of("apps/v1", "replicasets");
    /// `daemonsets` of `apps/v1`.
    public static final Gvr DAEMON_SETS = Gvr.of("apps/v1", "daemonsets");
    /// `statefulsets` of `apps/v1`.
    public static final Gvr STATEFUL_SETS = Gvr.of("apps/v1", "statefulsets");
    /// `controllerrevisions` of `apps/v1`.
    public static final Gvr CONTROLLER_REVISIONS = Gvr.of("apps/v1", "controllerrevisions");
    /// `jobs` of `batch/v1`.
    public static final Gvr JOBS = Gvr.of("batch/v1", "jobs");
    /// `cronjobs` of `batch/v1`.
    public static final Gvr CRON_JOBS = Gvr.of("batch/v1", "cronjobs");
    /// `endpointslices` of `discovery.k8s.io/v1`.
    public static final Gvr ENDPOINT_SLICES = Gvr.of("discovery.k8s.io/v1", "endpointslices");
    /// `leases` of `coordination.k8s.io/v1`.
    public static final Gvr LEASES = Gvr.of("coordination.k8s.io/v1", "leases");
    /// `poddisruptionbudgets` of `policy/v1`.
    public static final Gvr POD_DISRUPTION_BUDGETS = Gvr.of("policy/v1", "poddisruptionbudgets");
    /// `priorityclasses` of `scheduling.k8s.io/v1`.
    public static final Gvr PRIORITY_CLASSES = Gvr.of("scheduling.k8s.io/v1", "priorityclasses");
    /// `storageclasses` of `storage.k8s.io/v1`.
    public static final Gvr STORAGE_CLASSES = Gvr.of("storage.k8s.io/v1", "storageclasses");
    /// `csidrivers` of `storage.k8s.io/v1`.
    public static final Gvr CSI_DRIVERS = Gvr.of("storage.k8s.io/v1", "csidrivers");
    /// `csistoragecapacities` of `storage.k8s.io/v1`.
    public static final Gvr CSI_STORAGE_CAPACITIES = Gvr.of("storage.k8s.io/v1", "csistoragecapacities");
    /// `volumeattributesclasses` of `storage.k8s.io/v1`.
    public static final Gvr VOLUME_ATTRIBUTES_CLASSES = Gvr.of("storage.k8s.io/v1", "volumeattributesclasses");
    /// `csinodes` of `storage.k8s.io/v1`.
    public static final Gvr CSI_NODES = Gvr.of("storage.k8s.io/v1", "csinodes");
    /// `volumeattachments` of `storage.k8s.io/v1`.
    public static final Gvr VOLUME_ATTACHMENTS = Gvr.of("storage.k8s.io/v1", "volumeattachments");
    /// `certificatesigningrequests` of `certificates.k8s.io/v1`.
    public static final Gvr CERTIFICATE_SIGNING_REQUESTS = Gvr.of("certificates.k8s.io/v1",
            "certificatesigningrequests");
    /// `runtimeclasses` of `node.k8s.io/v1`.
    public static final Gvr RUNTIME_CLASSES = Gvr.of("node.k8s.io/v1", "runtimeclasses");
    /// `networkpolicies` of `networking.k8s.io/v1`.
    public static final Gvr NETWORK_POLICIES = Gvr.of("networking.k8s.io/v1", "networkpolicies");
    /// `ingresses` of `networking.k8s.io/v1`.
    public static final Gvr INGRESSES = Gvr.of("networking.k8s.io/v1", "ingresses");

    /// `resourceclaims` of `resource.k8s.io/v1`.
    public static final Gvr RESOURCE_CLAIMS = Gvr.of("resource.k8s.io/v1", "resourceclaims");
    /// `resourceclaimtemplates` of `resource.k8s.io/v1`.
    public static final Gvr RESOURCE_CLAIM_TEMPLATES = Gvr.of("resource.k8s.io/v1", "resourceclaimtemplates");
    /// `resourceslices` of `resource.k8s.io/v1`.
    public static final Gvr RESOURCE_SLICES = Gvr.of("resource.k8s.io/v1", "resourceslices");
    /// `deviceclasses` of `resource.k8s.io/v1`.
    public static final Gvr DEVICE_CLASSES = Gvr.of("resource.k8s.io/v1", "deviceclasses");

    private BuiltinResources() {
    }
}
