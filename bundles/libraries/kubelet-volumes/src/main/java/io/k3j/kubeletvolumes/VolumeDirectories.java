package io.k3j.kubeletvolumes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the files of pods lie, as upstream has it: `<uid>/volumes/kubernetes.io~<plug-in>/<volume>`. Pure but for
/// [#own]. The names are upstream's so that a stock kubelet on the same disk finds and removes them.
///
/// @param pods `/var/lib/kubelet/pods`
record VolumeDirectories(Path pods) {
    /// Everything of one pod. Volumes, held subpaths, the containers' last words, `etc-hosts`.
    Path pod(String uid) {
        return pods.resolve(uid);
    }

    /// One volume.
    /// @param plugin as upstream escapes its name, without `kubernetes.io/`: `configmap`, `empty-dir`
    Path volume(VolumePlugin.Spec spec, String plugin) {
        return pod(spec.pod().uid()).resolve("volumes").resolve("kubernetes.io~" + plugin).resolve(spec.name());
    }

    /// What plug-ins keep for all pods of the node.
    /// @param plugin `kubernetes.io/local-volume`, or as upstream escapes it
    Path plugin(String plugin) {
        return pods.resolveSibling("plugins").resolve(plugin);
    }

    /// Gives a directory its mode and, unless the group is -1, its group, which then everything made in it has too. The
    /// set-group-id bit (02000) is what hands the group on, see `fsGroup` in
    /// <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>.
    /// @param mode without the set-group-id bit
    /// @throws IOException when this process may not, as without root's rights
    static void own(Path directory, int mode, long group) throws IOException {
        if (group >= 0) {
            Files.setAttribute(directory, "unix:gid", (int) group);
        }
        Files.setAttribute(directory, "unix:mode", mode | (group >= 0 ? 02000 : 0));
    }
}
