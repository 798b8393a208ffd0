package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What can be wrong with the volumes of a pod, as upstream's `ValidateVolumes`. Sources that are not named here
/// (`iscsi`, ephemeral volumes and others) are checked by the schema alone. Pure.
///
/// | field | what must be so |
/// |---|---|
/// | `name` | a DNS label, once in the pod |
/// | the source | exactly one |
/// | `hostPath` | a path without `..`, a type that upstream knows |
/// | `configMap`, `secret` | the object's name; keys and relative paths in `items`; modes of nine bits |
/// | `downwardAPI` | the files of [DownwardProblems] |
/// | `persistentVolumeClaim` | the claim's name |
/// | `emptyDir.sizeLimit` | a quantity of bytes, not negative |
/// | `csi` | the driver's name, the name of its Secret |
/// | `nfs` | an absolute path |
/// | `projected` | one source per entry, no path twice; a token has a relative path and lives ten minutes or longer |
/// | `projected.sources[].clusterTrustBundle` | what [TrustBundleProblems] says |
/// | `projected.sources[].podCertificate` | what [PodCertificateProblems] says |
final class VolumeProblems {
    /// Empty means: not checked by the kubelet.
    private static final List<String> HOST_TYPES = List.of("", "BlockDevice", "CharDevice", "Directory",
            "DirectoryOrCreate", "File", "FileOrCreate", "Socket");

    private static final String BUNDLE = "clusterTrustBundle";
    private static final String CERTIFICATE = "podCertificate";

    private VolumeProblems() {
    }

    /// Checks all of a pod's volumes.
    ///
    /// @param p the pod spec's place
    /// @return their names, of valid and invalid volumes alike: containers refer to them
    static Set<String> volumes(Seq volumes, Problems p) {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < volumes.size(); i++) {
            Struct v = volumes.struct(i);
            Problems at = p.at("volumes", i);
            if (at.present(v, "name")) {
                at.at("name").invalid(v.text("name"), Names.label(v.text("name")));
                if (!names.add(v.text("name"))) {
                    at.at("name").duplicate(v.text("name"));
                }
            }
            // Every field but the name is a source; the first one counts and each further one is reported.
            List<String> sources = v.names().stream().filter(n -> !n.equals("name")).toList();
            if (sources.isEmpty()) {
                at.required("must specify a volume type");
            }
            for (int s = 1; s < sources.size(); s++) {
                at.at(sources.get(s)).forbidden("may not specify more than 1 volume type");
            }
            source(v, at);
        }
        return names;
    }

    /// What each kind of source must say. None of the objects has to exist: a pod waits for them.
    private static void source(Struct volume, Problems p) {
        if (volume.has("hostPath")) {
            Struct h = volume.struct("hostPath");
            if (p.at("hostPath").present(h, "path") && List.of(h.text("path").split("/")).contains("..")) {
                p.at("hostPath").at("path").invalid(h.text("path"), "must not contain '..'");
            }
            p.at("hostPath").oneOf(h, "type", HOST_TYPES);
        }
        if (volume.has("configMap")) {
            p.at("configMap").present(volume.struct("configMap"), "name");
            items(volume.struct("configMap"), p.at("configMap"));
        }
        if (volume.has("secret")) {
            p.at("secret").present(volume.struct("secret"), "secretName");
            items(volume.struct("secret"), p.at("secret"));
        }
        if (volume.has("downwardAPI")) {
            DownwardProblems.check(volume.struct("downwardAPI"), p.at("downwardAPI"));
        }
        if (volume.has("persistentVolumeClaim")) {
            p.at("persistentVolumeClaim").present(volume.struct("persistentVolumeClaim"), "claimName");
        }
        if (volume.struct("emptyDir").has("sizeLimit")) {
            p.at("emptyDir").quantity(volume.struct("emptyDir"), "sizeLimit");
        }
        if (volume.has("csi")) {
            CsiProblems.volume(volume.struct("csi"), p.at("csi"));
        }
        if (volume.has("nfs")) {
            NfsProblems.check(volume.struct("nfs"), p.at("nfs"));
        }
        if (volume.has("projected")) {
            projected(volume.struct("projected"), p.at("projected"));
        }
    }

    /// Several sources in one directory. A token lives at least ten minutes, which is also the least that a
    /// TokenRequest may ask for.
    private static void projected(Struct projected, Problems p) {
        Seq sources = projected.seq("sources");
        mode(projected, "defaultMode", p);
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < sources.size(); i++) {
            Struct s = sources.struct(i);
            Problems at = p.at("sources", i);
            if (s.size() > 1) {
                at.forbidden("may not specify more than 1 volume type");
            }
            for (String named : List.of("secret", "configMap")) {
                if (s.has(named)) {
                    at.at(named).present(s.struct(named), "name");
                    items(s.struct(named), at.at(named));
                    uniquePaths(s.struct(named), s.struct(named).text("name"), paths, p);
                }
            }
            if (s.has("downwardAPI")) {
                DownwardProblems.check(s.struct("downwardAPI"), at.at("downwardAPI"));
                uniquePaths(s.struct("downwardAPI"), "", paths, p);
            }
            if (s.has(BUNDLE)) {
                TrustBundleProblems.check(s.struct(BUNDLE), at.at("clusterTrustBundlePEM"));
                unique(s.struct(BUNDLE).text("path"), s.struct(BUNDLE).text("path"), paths, p);
            }
            if (s.has(CERTIFICATE)) {
                PodCertificateProblems.check(s.struct(CERTIFICATE), at.at(CERTIFICATE));
                PodCertificateProblems.PATHS.stream().map(path -> s.struct(CERTIFICATE).text(path))
                        .filter(path -> !path.isEmpty()).forEach(path -> unique(path, path, paths, p));
            }
            if (s.has("serviceAccountToken")) {
                token(s.struct("serviceAccountToken"), at.at("serviceAccountToken"));
            }
        }
    }

    private static void token(Struct token, Problems p) {
        if (p.present(token, "path")) {
            file(token.text("path"), p.at("path"));
        }
        if (token.whole("expirationSeconds", 3600) < 600) {
            p.at("expirationSeconds").invalid(token.whole("expirationSeconds", 0),
                    "may not specify a duration less than 10 minutes");
        }
    }

    /// No two files of a projected volume at one path, as far as they are named.
    /// @param name of the object, which upstream shows in place of the path
    private static void uniquePaths(Struct source, String name, Set<String> paths, Problems p) {
        for (String path : source.seq("items").structs().stream().map(item -> item.text("path")).toList()) {
            if (!path.isEmpty()) {
                unique(path, name.isEmpty() ? path : name, paths, p);
            }
        }
    }

    private static void unique(String path, String shown, Set<String> paths, Problems p) {
        if (!paths.add(path)) {
            p.invalid(shown, "conflicting duplicate paths");
        }
    }

    /// Keys of a ConfigMap or Secret as files: `path` is relative to the volume, `mode` overrides `defaultMode`. For a
    /// part of a projected volume there is no `defaultMode`, and none reads as 0.
    private static void items(Struct source, Problems p) {
        mode(source, "defaultMode", p);
        Seq items = source.seq("items");
        for (int i = 0; i < items.size(); i++) {
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
    /// place itself. Only whole parts count as `..`. The kubelet looks again when it opens the path, since links are
    /// beyond what a text can tell.
    static void below(String path, Problems p) {
        if (path.startsWith("/")) {
            p.invalid(path, "must be a relative path");
        }
        if (List.of(path.split("/")).contains("..")) {
            p.invalid(path, "must not contain '..'");
        }
    }
}
