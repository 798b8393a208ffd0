package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.apimachinery.Quantity;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What can be wrong with the volumes of a pod or template, as upstream's `ValidateVolumes`. None of the objects has to
/// exist: a pod waits for them. Pure.
///
/// | field | what must be so |
/// |---|---|
/// | `name` | a DNS label, once in the pod |
/// | the source | exactly one, of which the first in upstream's order is checked |
/// | `emptyDir.sizeLimit` | a quantity of bytes, not negative |
/// | `hostPath` | a path without `..`, a type that upstream knows |
/// | `configMap`, `secret` | the object's name; keys and relative paths in `items`; modes of nine bits |
/// | `downwardAPI`, `projected` | see [DownwardProblems] and [ProjectedProblems] |
/// | `persistentVolumeClaim` | the claim's name, which is none of those that are made for the pod |
/// | `ephemeral` | a template of a claim: [ClaimTemplateProblems]; with the pod's name, a name for it |
/// | `csi`, `nfs` and all others | see [CsiProblems], [NfsProblems] and [SourceProblems] |
///
/// @param inPod whether the volumes are those of a pod, not of a template
/// @param pod the pod's name, empty while there is none
record VolumeProblems(boolean inPod, String pod) {
    /// Empty means: not checked by the kubelet.
    private static final List<String> HOST_TYPES = List.of("", "BlockDevice", "CharDevice", "Directory",
            "DirectoryOrCreate", "File", "FileOrCreate", "Socket");
    private static final List<String> SOURCES = List.of("emptyDir", "hostPath", "gitRepo", "gcePersistentDisk",
            "awsElasticBlockStore", "secret", "nfs", "iscsi", "glusterfs", "flocker", "persistentVolumeClaim", "rbd",
            "cinder", "cephfs", "quobyte", "downwardAPI", "fc", "flexVolume", "configMap", "azureFile", "vsphereVolume",
            "photonPersistentDisk", "portworxVolume", "azureDisk", "storageos", "projected", "scaleIO", "csi",
            "ephemeral", "image");
    private static final String CLAIM = "persistentVolumeClaim";
    private static final String EPHEMERAL = "ephemeral";

    /// Checks all of the volumes.
    ///
    /// @param p the pod spec's place
    /// @return the names of those with nothing wrong: containers refer to them
    Set<String> check(Seq volumes, Problems p) {
        Set<String> names = new HashSet<>();
        if (volumes.isEmpty()) {
            return names;
        }
        Set<String> made = made(volumes);
        for (int i = 0; i < volumes.size() && !p.full(); i++) {
            Struct v = volumes.struct(i);
            Problems at = p.at("volumes", i);
            int before = p.count();
            sources(v, at);
            String name = v.text("name");
            if (at.present(v, "name")) {
                at.at("name").invalid(name, Names.label(name));
            }
            if (names.contains(name)) {
                at.at("name").duplicate(name);
            }
            if (p.count() == before) {
                names.add(name);
            }
            String claim = v.struct(CLAIM).text("claimName");
            if (made.contains(claim)) {
                at.at(CLAIM).at("claimName").invalid(claim,
                        "must not reference a PVC that gets created for an ephemeral volume");
            }
        }
        return names;
    }

    /// The names of the claims that will be made for the pod.
    private Set<String> made(Seq volumes) {
        return pod.isEmpty() ? Set.of() : volumes.structs().stream().filter(v -> v.has(EPHEMERAL))
                .map(v -> pod + "-" + v.text("name")).collect(Collectors.toSet());
    }

    private void sources(Struct volume, Problems p) {
        String first = "";
        for (String source : SOURCES) {
            if (volume.has(source) && !first.isEmpty()) {
                p.at(told(source)).forbidden("may not specify more than 1 volume type");
            } else if (volume.has(source)) {
                first = source;
                source(source, volume.struct(source), volume, p);
            }
        }
        if (first.isEmpty()) {
            p.required("must specify a volume type");
        }
    }

    /// Upstream names two sources that are too many otherwise than the API does.
    private static String told(String source) {
        return switch (source) {
            case "cephfs" -> "cephFS";
            case "downwardAPI" -> "downwarAPI";
            default -> source;
        };
    }

    private void source(String name, Struct source, Struct volume, Problems p) {
        Problems at = p.at(name);
        switch (name) {
            case "emptyDir" -> size(source, at);
            case "hostPath" -> host(source, at);
            case "secret" -> {
                at.present(source, "secretName");
                items(source, at);
            }
            case "configMap" -> {
                at.present(source, "name");
                items(source, at);
            }
            case "downwardAPI" -> DownwardProblems.check(source, at);
            case "projected" -> ProjectedProblems.check(source, at);
            case CLAIM -> at.present(source, "claimName");
            case EPHEMERAL -> ephemeral(source, volume.text("name"), p);
            case "csi" -> CsiProblems.volume(source, at);
            case "image" -> {
                // a template may leave it to whoever makes the pods
                if (inPod) {
                    at.present(source, "reference");
                }
                at.requiredOneOf(source, "pullPolicy", ContainerProblems.PULL);
            }
            default -> SourceProblems.check(name, source, volume.text("name"), p);
        }
    }

    private static void size(Struct source, Problems p) {
        if (!source.has("sizeLimit")) {
            return;
        }
        try {
            if (Quantity.of(source.get("sizeLimit")).signum() < 0) {
                p.at("sizeLimit").forbidden("SizeLimit field must be a valid resource quantity");
            }
        } catch (IllegalArgumentException e) {
            p.at("sizeLimit").invalid(source.get("sizeLimit"), String.valueOf(e.getMessage()));
        }
    }

    static void host(Struct source, Problems p) {
        if (p.present(source, "path")) {
            noWayUp(source.text("path"), p.at("path"));
            p.oneOf(source, "type", HOST_TYPES);
        }
    }

    private void ephemeral(Struct source, String name, Problems p) {
        if (source.has("volumeClaimTemplate")) {
            ClaimTemplateProblems.check(source.struct("volumeClaimTemplate"),
                    p.at(EPHEMERAL).at("volumeClaimTemplate"));
        } else {
            p.at(EPHEMERAL).at("volumeClaimTemplate").required("");
        }
        if (!pod.isEmpty() && !name.isEmpty()) {
            String claim = pod + "-" + name;
            Names.subdomain(claim).forEach(why -> p.at("name").invalid(name, "PVC name \"" + claim + "\": " + why));
        }
    }

    /// Keys of a ConfigMap or Secret as files: `path` is relative to the volume, `mode` overrides `defaultMode`. For a
    /// part of a projected volume there is no `defaultMode`, and none reads as 0.
    static void items(Struct source, Problems p) {
        mode(source, "defaultMode", p);
        Seq items = source.seq("items");
        for (int i = 0; i < items.size() && !p.full(); i++) {
            Struct item = items.struct(i);
            p.at("items", i).present(item, "key");
            if (p.at("items", i).present(item, "path")) {
                file(item.text("path"), p.at("items", i).at("path"));
            }
            mode(item, "mode", p.at("items", i));
        }
    }

    /// The nine permission bits. The message tells the bound in octal and the value in decimal, as upstream does.
    static void mode(Struct of, String field, Problems p) {
        long mode = of.whole(field, 0);
        if (mode < 0 || mode > 0777) {
            p.at(field).invalid(mode, "must be a number between 0 and 0777 (octal), both inclusive");
        }
    }

    /// The path of a file the kubelet writes: upstream's `validateLocalNonReservedPath`. Names in the volume's top that
    /// begin with two dots are the kubelet's own, as `..data`. A path that leaves the volume is reported once.
    static void file(String path, Problems p) {
        below(path, p);
        if (path.startsWith("..") && !path.startsWith("../")) {
            p.invalid(path, "must not start with '..'");
        }
    }

    /// A path that must stay below where it is laid: upstream's `validateLocalDescendingPath`. An empty one is the
    /// place itself. The kubelet looks again when it opens the path, since links are beyond what a text can tell.
    static void below(String path, Problems p) {
        if (path.startsWith("/")) {
            p.invalid(path, "must be a relative path");
        }
        noWayUp(path, p);
    }

    /// A path that leads up nowhere: upstream's `validatePathNoBacksteps`. Only whole parts count as `..`.
    static void noWayUp(String path, Problems p) {
        if (List.of(path.split("/")).contains("..")) {
            p.invalid(path, "must not contain '..'");
        }
    }
}
