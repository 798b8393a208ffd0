package io.k3j.corevalidation;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What can be wrong with `volumeMounts` and `volumeDevices` of a container, as upstream's `ValidateVolumeMounts` and
/// `ValidateVolumeDevices`. Some rules are told at the list and not at its element, as upstream tells them. Pure.
///
/// | field | what must be so |
/// |---|---|
/// | `name` | a volume of the pod; a device is a claim |
/// | `mountPath`, `devicePath` | each once in the container, in both lists together |
/// | `subPath`, `subPathExpr` | below the volume, one of them |
/// | `mountPropagation` | `Bidirectional` for privileged containers only |
/// | `recursiveReadOnly` | beside `readOnly`, without propagation |
///
/// @param volumes the names of the pod's sound volumes
/// @param claims the names of the pod's volumes that may be devices, as [#claims(Struct)] has them
record MountProblems(Set<String> volumes, Set<String> claims) {
    private static final List<String> PROPAGATIONS = List.of("Bidirectional", "HostToContainer", "None");
    private static final List<String> RECURSIVE = List.of("Disabled", "Enabled", "IfPossible");
    private static final String MOUNTS = "volumeMounts";
    private static final String DEVICES = "volumeDevices";
    private static final String MOUNT_PATH = "mountPath";
    private static final String DEVICE_PATH = "devicePath";
    private static final String PROPAGATION = "mountPropagation";

    /// Once for a pod, which may have many containers and many volumes.
    ///
    /// @param spec the pod's
    static Set<String> claims(Struct spec) {
        return spec.seq("volumes").structs().stream()
                .filter(v -> v.has("persistentVolumeClaim") || v.has("ephemeral")).map(v -> v.text("name"))
                .collect(Collectors.toSet());
    }

    /// Checks both lists of a container at its place.
    void check(Struct container, Problems p) {
        Seq mounts = container.seq(MOUNTS);
        Seq devices = container.seq(DEVICES);
        if (!mounts.isEmpty()) {
            mounts(container, mounts, new Others(devices, DEVICE_PATH, DEVICES), p);
        }
        if (!devices.isEmpty()) {
            devices(devices, new Others(mounts, MOUNT_PATH, MOUNTS), p);
        }
    }

    /// The elements of the other list.
    private static final class Others {
        private final Set<String> names;
        private final Set<String> paths;
        private final String list;

        Others(Seq elements, String path, String list) {
            names = texts(elements, "name");
            paths = texts(elements, path);
            this.list = list;
        }

        private static Set<String> texts(Seq elements, String field) {
            return elements.isEmpty() ? Set.of()
                    : elements.structs().stream().map(e -> e.text(field)).collect(Collectors.toSet());
        }

        void check(String name, String path, Problems nameAt, Problems pathAt) {
            if (names.contains(name)) {
                nameAt.invalid(name, "must not already exist in " + list);
            }
            if (paths.contains(path)) {
                pathAt.invalid(path, "must not already exist as a path in " + list);
            }
        }
    }

    private void mounts(Struct container, Seq mounts, Others devices, Problems p) {
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < mounts.size() && !p.full(); i++) {
            Struct m = mounts.struct(i);
            String name = m.text("name");
            String path = m.text(MOUNT_PATH);
            Problems at = p.at(MOUNTS, i);
            at.present(m, "name");
            if (!volumes.contains(name)) {
                at.at("name").notFound(name);
            }
            at.present(m, MOUNT_PATH);
            if (!paths.add(path)) {
                at.at(MOUNT_PATH).invalid(path, "must be unique");
            }
            devices.check(name, path, at.at("name"), at.at(MOUNT_PATH));
            subPaths(m, at, p.at(MOUNTS));
            kinds(container, m, p.at(MOUNTS));
        }
    }

    private static void subPaths(Struct m, Problems at, Problems list) {
        if (!m.text("subPath").isEmpty()) {
            VolumeProblems.below(m.text("subPath"), list.at("subPath"));
        }
        String expression = m.text("subPathExpr");
        if (expression.isEmpty()) {
            return;
        }
        if (!m.text("subPath").isEmpty()) {
            at.at("subPathExpr").invalid(expression, "subPathExpr and subPath are mutually exclusive");
        }
        VolumeProblems.below(expression, list.at("subPathExpr"));
    }

    private static void kinds(Struct container, Struct m, Problems list) {
        String propagation = m.text(PROPAGATION);
        if (m.has(PROPAGATION)) {
            if (!PROPAGATIONS.contains(propagation)) {
                list.at(PROPAGATION).unsupported(propagation, PROPAGATIONS);
            }
            if (propagation.equals("Bidirectional") && !container.struct("securityContext").flag("privileged")) {
                list.at(PROPAGATION)
                        .forbidden("Bidirectional mount propagation is available only to privileged containers");
            }
        }
        if (!m.has("recursiveReadOnly")) {
            return;
        }
        Problems at = list.at("recursiveReadOnly");
        String recursive = m.text("recursiveReadOnly");
        if (!RECURSIVE.contains(recursive)) {
            at.unsupported(recursive, RECURSIVE);
        } else if (!recursive.equals("Disabled")) {
            if (!m.flag("readOnly")) {
                at.forbidden("may only be specified when readOnly is true");
            }
            if (m.has(PROPAGATION) && !propagation.equals("None")) {
                at.forbidden("may only be specified when mountPropagation is None or not specified");
            }
        }
    }

    private void devices(Seq devices, Others mounts, Problems p) {
        Set<String> names = new HashSet<>();
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < devices.size() && !p.full(); i++) {
            Struct d = devices.struct(i);
            Problems at = p.at(DEVICES, i);
            name(d.text("name"), names, at);
            String path = d.text(DEVICE_PATH);
            at.present(d, DEVICE_PATH);
            if (paths.contains(path)) {
                at.at(DEVICE_PATH).invalid(path, "must be unique");
            }
            if (List.of(path.split("/")).contains("..")) {
                at.at(DEVICE_PATH).invalid(path, "can not contain backsteps ('..')");
            } else {
                paths.add(path);
            }
            mounts.check(d.text("name"), path, at.at("name"), at.at(DEVICE_PATH));
        }
    }

    private void name(String name, Set<String> names, Problems p) {
        if (name.isEmpty()) {
            p.at("name").required("");
        } else if (!names.add(name)) {
            p.at("name").invalid(name, "must be unique");
        }
        if (!volumes.contains(name)) {
            p.at("name").notFound(name);
        } else if (!claims.contains(name)) {
            p.at("name").invalid(name,
                    "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
        }
    }
}
