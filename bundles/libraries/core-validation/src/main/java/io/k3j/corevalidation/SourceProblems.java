package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What can be wrong with volumes of makes that upstream has built in: block devices, file servers and clouds. The API
/// has them all, whoever mounts them. Pure; any thread.
///
/// | source | what must be so, beside its required fields |
/// |---|---|
/// | `gitRepo` | a directory below the volume |
/// | `gcePersistentDisk`, `awsElasticBlockStore` | a partition from 0 to 255 |
/// | `nfs` | see [NfsProblems] |
/// | `iscsi` | see [IscsiProblems] |
/// | `flocker` | a name without `/`, or an id |
/// | `fc` | see [#fibre] |
/// | `quobyte` | pairs of host and port; a short tenant |
/// | `flexVolume` | no options of Kubernetes' own |
/// | `azureDisk` | a caching mode, a kind, and an address that fits it |
/// | `storageos` | DNS labels |
public final class SourceProblems {
    /// Fields with a text or a list; what is not there is told without a reason.
    private static final Map<String, List<String>> REQUIRED = Map.ofEntries(
            Map.entry("gitRepo", List.of("repository")), Map.entry("awsElasticBlockStore", List.of("volumeID")),
            Map.entry("nfs", List.of("server", "path")), Map.entry("glusterfs", List.of("endpoints", "path")),
            Map.entry("rbd", List.of("monitors", "image")), Map.entry("cinder", List.of("volumeID")),
            Map.entry("cephfs", List.of("monitors")), Map.entry("flexVolume", List.of("driver")),
            Map.entry("azureFile", List.of("secretName", "shareName")),
            Map.entry("vsphereVolume", List.of("volumePath")), Map.entry("photonPersistentDisk", List.of("pdID")),
            Map.entry("portworxVolume", List.of("volumeID")), Map.entry("azureDisk", List.of("diskName", "diskURI")),
            Map.entry("scaleIO", List.of("gateway", "system", "volumeName")),
            Map.entry("storageos", List.of("volumeName")));
    private static final List<String> CACHING = List.of("None", "ReadOnly", "ReadWrite");
    private static final List<String> DISKS = List.of("Dedicated", "Managed", "Shared");
    private static final String SECRET = "secretRef";
    private static final String ENDPOINTS_NAMESPACE = "endpointsNamespace";
    private static final String PAIRS = "must be a host:port pair or multiple pairs separated by commas";
    private static final int LONGEST_TENANT = 64;
    /// The largest number of eight bits, for partitions and units alike.
    private static final int BYTE = 255;

    private SourceProblems() {
    }

    /// Checks a source.
    ///
    /// @param name of the source, as `iscsi`
    /// @param volume the volume's name
    /// @param p the volume's place
    static void check(String name, Struct source, String volume, Problems p) {
        Problems at = p.at(name);
        for (String field : REQUIRED.getOrDefault(name, List.of())) {
            if (source.text(field).isEmpty() && source.seq(field).isEmpty()) {
                at.at(field).required("");
            }
        }
        switch (name) {
            case "gitRepo" -> VolumeProblems.below(source.text("directory"), at.at("directory"));
            case "gcePersistentDisk" -> {
                p.at("persistentDisk").present(source, "pdName");
                partition(source, p.at("persistentDisk"));
            }
            case "awsElasticBlockStore" -> partition(source, at);
            case "nfs" -> NfsProblems.check(source, at);
            case "iscsi" -> IscsiProblems.check(source, volume, p);
            case "flocker" -> flocker(source, at);
            case "fc" -> fibre(source, at);
            case "quobyte" -> quobyte(source, at);
            case "cinder" -> secret(source, at);
            case "flexVolume" -> options(source.struct("options"), at);
            case "azureDisk" -> azure(source, at);
            case "storageos" -> storageOs(source, at);
            default -> {
                // nothing else is looked at
            }
        }
    }

    /// Checks the source of a PersistentVolume, but for that of a CSI driver, as `ValidatePersistentVolumeSpec`.
    ///
    /// @param name of the source, as `iscsi`
    /// @param volume the volume's name
    /// @param p the spec
    public static void persistentVolume(String name, Struct source, String volume, Problems p) {
        Problems at = p.at(name);
        switch (name) {
            case "hostPath" -> VolumeProblems.host(source, at);
            case "local" -> {
                if (at.present(source, "path")) {
                    VolumeProblems.noWayUp(source.text("path"), at.at("path"));
                }
            }
            case "iscsi" -> IscsiProblems.persistentVolume(source, volume, at);
            default -> check(name, source, volume, p);
        }
        if (List.of("cinder", "storageos").contains(name) && source.has(SECRET)) {
            at.at(SECRET).present(source.struct(SECRET), "namespace");
        }
        if (name.equals("azureFile") && source.has("secretNamespace")) {
            at.present(source, "secretNamespace");
        }
        if (name.equals("glusterfs") && source.has(ENDPOINTS_NAMESPACE)) {
            String namespace = source.text(ENDPOINTS_NAMESPACE);
            at.at(ENDPOINTS_NAMESPACE).invalid(namespace, namespace.isEmpty()
                    ? List.of("if the endpointnamespace is set, it must be a valid namespace name")
                    : Names.label(namespace));
        }
    }

    private static void partition(Struct source, Problems p) {
        long partition = source.whole("partition", 0);
        if (partition < 0 || partition > BYTE) {
            p.at("partition").invalid(partition, "must be between 1 and 255, inclusive");
        }
    }

    /// A number of a unit behind an address.
    static void unit(Struct source, Problems p) {
        long lun = source.whole("lun", 0);
        if (lun < 0 || lun > BYTE) {
            p.at("lun").invalid(lun, "must be between 0 and 255, inclusive");
        }
    }

    private static void flocker(Struct source, Problems p) {
        String name = source.text("datasetName");
        boolean id = !source.text("datasetUUID").isEmpty();
        if (name.isEmpty() && !id) {
            p.required("one of datasetName and datasetUUID is required");
        } else if (!name.isEmpty() && id) {
            p.invalid("resource", "datasetName and datasetUUID can not be specified simultaneously");
        }
        if (name.indexOf('/') >= 0) {
            p.at("datasetName").invalid(name, "must not contain '/'");
        }
    }

    /// A volume of fibre channel is told by the world wide names of its targets with a unit, or by its own.
    private static void fibre(Struct source, Problems p) {
        boolean targets = !source.seq("targetWWNs").isEmpty();
        boolean own = !source.seq("wwids").isEmpty();
        if (!targets && !own) {
            p.at("targetWWNs").required("must specify either targetWWNs or wwids, but not both");
        } else if (targets && own) {
            p.at("targetWWNs").invalid(source.seq("targetWWNs"),
                    "targetWWNs and wwids can not be specified simultaneously");
        }
        if (targets && !source.has("lun")) {
            p.at("lun").required("lun is required if targetWWNs is specified");
        } else if (targets) {
            unit(source, p);
        }
    }

    private static void quobyte(Struct source, Problems p) {
        String registry = source.text("registry");
        if (registry.isEmpty()) {
            p.at("registry").required(PAIRS);
        } else if (source.text("tenant").length() > LONGEST_TENANT) {
            p.at("tenant").required("must be a UUID and may not exceed a length of 64 characters");
        } else {
            for (String pair : registry.split(",", -1)) {
                if (!pair(pair)) {
                    p.at("registry").invalid(registry, PAIRS);
                }
            }
        }
        p.present(source, "volume");
    }

    /// A host with a port; an address of IPv6 stands in brackets. Neither is looked at.
    private static boolean pair(String text) {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon);
        boolean brackets = host.startsWith("[") && host.endsWith("]");
        String plain = brackets ? host.substring(1, host.length() - 1) : host;
        return colon >= 0 && plain.indexOf('[') < 0 && plain.indexOf(']') < 0
                && (brackets || plain.indexOf(':') < 0) && text.indexOf(']', colon) < 0;
    }

    private static void secret(Struct source, Problems p) {
        if (source.has(SECRET)) {
            p.at(SECRET).present(source.struct(SECRET), "name");
        }
    }

    private static void options(Struct options, Problems p) {
        for (String key : options.names()) {
            int slash = key.indexOf('/');
            String domain = "." + (slash < 0 ? key : key.substring(0, slash)).toLowerCase(Locale.ROOT);
            if (domain.endsWith(".kubernetes.io") || domain.endsWith(".k8s.io")) {
                p.at("options").key(key).invalid(key, "kubernetes.io and k8s.io namespaces are reserved");
            }
        }
    }

    private static void azure(Struct source, Problems p) {
        known(source, "cachingMode", CACHING, p);
        known(source, "kind", DISKS, p);
        String uri = source.text("diskURI");
        boolean managed = source.text("kind").equals("Managed");
        if (managed && !uri.startsWith("/subscriptions/")) {
            p.at("diskURI").unsupported(uri, List.of("/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/"
                    + "microsoft.compute/disks/{disk-id}"));
        } else if (!managed && source.has("kind") && !uri.startsWith("https://")) {
            p.at("diskURI").unsupported(uri, List.of("https://{account-name}.blob.core.windows.net/{container-name}/"
                    + "{disk-name}.vhd"));
        }
    }

    private static void known(Struct source, String field, List<String> all, Problems p) {
        if (source.has(field) && !all.contains(source.text(field))) {
            p.at(field).unsupported(source.text(field), all);
        }
    }

    private static void storageOs(Struct source, Problems p) {
        for (String field : List.of("volumeName", "volumeNamespace")) {
            if (!source.text(field).isEmpty()) {
                p.at(field).invalid(source.text(field), Names.label(source.text(field)));
            }
        }
        secret(source, p);
    }
}
