package io.k3j.kubelet;

import io.k3j.model.Obj;
import io.k3j.model.Quantity;
import io.k3j.model.Struct;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Makes the volumes of pods below `/var/lib/kubelet/pods/<uid>/volumes` and keeps their content fresh. See
/// <https://kubernetes.io/docs/concepts/storage/volumes/>. Any thread, one at a time per pod.
final class Volumes {
    private static final List<String> CONTENT = List.of("configMap", "secret", "downwardAPI", "projected");
    private static final String SPECIAL = "unix:mode";
    private static final int TYPE_MASK = 0170000;
    private final Options options;
    private final References references;
    private final VolumeContent content;
    private final Mounts mounts;
    private final Handles handles = new Handles();
    private final Subpaths subpaths;
    private final InstantSource clock;

    Volumes(Options options, References references, VolumeContent content, Mounts mounts, InstantSource clock) {
        subpaths = new Subpaths(options, handles, mounts);
        this.options = options;
        this.references = references;
        this.content = content;
        this.mounts = mounts;
        this.clock = clock;
    }

    /// Makes or refreshes all volumes of a pod.
    /// @return where each lies on the host, by name
    /// @throws ConfigProblem when one cannot be made yet
    Map<String, Path> prepare(Obj pod, List<String> addresses) {
        Map<String, Path> paths = new HashMap<>();
        for (Struct volume : pod.spec().seq("volumes").structs()) {
            String name = volume.text("name");
            try {
                paths.put(name, one(pod, volume, addresses));
            } catch (IOException | ConfigProblem e) {
                throw new ConfigProblem("FailedMount",
                        "MountVolume.SetUp failed for volume \"" + name + "\" : " + e.getMessage());
            }
        }
        return paths;
    }

    private Path one(Obj pod, Struct volume, List<String> addresses) throws IOException {
        if (volume.has("hostPath")) {
            return hostPath(volume.struct("hostPath"));
        }
        if (volume.has("persistentVolumeClaim")) {
            return claim(pod, volume.struct("persistentVolumeClaim").text("claimName"));
        }
        if (volume.has("ephemeral")) {
            return claim(pod, pod.name() + "-" + volume.text("name"));
        }
        Optional<String> kind = CONTENT.stream().filter(volume::has).findFirst();
        if (kind.isPresent()) {
            return content(pod, volume, kind.get(), addresses);
        }
        if (volume.has("emptyDir")) {
            return emptyDir(pod, volume);
        }
        throw ConfigProblem.config("no volume plugin matched " + volume.without("name").names());
    }

    private Path directory(Obj pod, String plugin, String name) {
        return options.podDir(pod.uid()).resolve("volumes").resolve("kubernetes.io~" + plugin).resolve(name);
    }

    private Path emptyDir(Obj pod, Struct volume) throws IOException {
        Struct e = volume.struct("emptyDir");
        Path p = directory(pod, "empty-dir", volume.text("name"));
        if (!Files.isDirectory(p)) {
            // it appears with its mode, so that what is there is never half made
            Path fresh = p.resolveSibling(".." + p.getFileName());
            Files.createDirectories(fresh);
            own(fresh, 0777, group(pod));
            Files.move(fresh, p);
        }
        if (e.text("medium").equals("Memory")) {
            long group = group(pod);
            String size = e.has("sizeLimit") ? "size=" + Quantity.of(e.get("sizeLimit")).value() + "," : "";
            mounts.tmpfs(p, size + (group < 0 ? "mode=0777" : "mode=02777,gid=" + group));
        }
        return p;
    }

    private static long group(Obj pod) {
        return pod.spec().struct("securityContext").whole("fsGroup", -1);
    }

    private static void own(Path p, int mode, long group) throws IOException {
        if (group >= 0) {
            Files.setAttribute(p, "unix:gid", (int) group);
        }
        Files.setAttribute(p, SPECIAL, mode | (group >= 0 ? 02000 : 0));
    }

    private Path content(Obj pod, Struct volume, String kind, List<String> addresses) throws IOException {
        String plugin = switch (kind) {
            case "configMap" -> "configmap";
            case "downwardAPI" -> "downward-api";
            default -> kind;
        };
        Map<String, AtomicDirectory.Content> files = content.of(pod, volume, addresses);
        Path p = directory(pod, plugin, volume.text("name"));
        Files.createDirectories(p);
        if (kind.equals("secret") || kind.equals("projected")) {
            // secrets must not reach a disk
            mounts.tmpfs(p, "mode=0755,size=8m");
        }
        own(p, 0755, group(pod));
        new AtomicDirectory(handles, p, clock).write(files, group(pod));
        return p;
    }

    private static Path hostPath(Struct h) throws IOException {
        Path p = Path.of(h.text("path"));
        String type = h.text("type");
        switch (type) {
            case "DirectoryOrCreate" -> Files.createDirectories(p);
            case "FileOrCreate" -> {
                if (!Files.exists(p)) {
                    Files.createFile(p);
                }
            }
            default -> {
                // the rest only checks
            }
        }
        if (!type.isEmpty() && !fits(p, type)) {
            throw new IOException("hostPath type check failed: " + p + " is not a "
                    + type.replace("OrCreate", "").toLowerCase(Locale.ROOT));
        }
        return p;
    }

    private static boolean fits(Path p, String type) throws IOException {
        if (!Files.exists(p)) {
            return false;
        }
        int kind = (int) Files.getAttribute(p, SPECIAL) & TYPE_MASK;
        return switch (type) {
            case "Directory", "DirectoryOrCreate" -> kind == 0040000;
            case "File", "FileOrCreate" -> kind == 0100000;
            case "Socket" -> kind == 0140000;
            case "CharDevice" -> kind == 0020000;
            case "BlockDevice" -> kind == 0060000;
            default -> throw ConfigProblem.config("unknown hostPath type " + type);
        };
    }

    private Path claim(Obj pod, String name) throws IOException {
        Obj claim = references.need(References.CLAIMS, pod.namespace(), name, false).orElseThrow();
        String volume = claim.spec().text("volumeName");
        if (volume.isEmpty() || !claim.status().text("phase").equals("Bound")) {
            throw ConfigProblem.config("PVC is not bound");
        }
        Struct spec = references.need(References.VOLUMES, "", volume, false).orElseThrow().spec();
        if (spec.has("hostPath")) {
            return hostPath(spec.struct("hostPath"));
        }
        if (spec.has("local")) {
            Path p = Path.of(spec.struct("local").text("path"));
            if (!Files.exists(p)) {
                throw new IOException("path \"" + p + "\" does not exist");
            }
            return p;
        }
        throw ConfigProblem.config("no volume plugin matched the source of persistentvolume " + volume);
    }

    /// Whether containers may not write to a volume: always so with files the kubelet keeps fresh, else when its claim
    /// is used so.
    static boolean readOnly(Obj pod, String name) {
        Struct volume = pod.spec().seq("volumes").find("name", name);
        return CONTENT.stream().anyMatch(volume::has) || volume.struct("persistentVolumeClaim").flag("readOnly");
    }

    /// What the runtime is to mount for a `volumeMount`: the volume, or what `subPath` names in it.
    Path mountPoint(Obj pod, Path volume, String subPath, Subpaths.Use use) {
        return subPath.isEmpty() ? volume : subpaths.hold(pod, volume, subPath, use);
    }

    /// Takes all of a pod's mounts and files away.
    void remove(String uid) throws IOException {
        Path directory = options.podDir(uid);
        mounts.unmountBelow(directory);
        Trees.delete(directory);
    }
}
