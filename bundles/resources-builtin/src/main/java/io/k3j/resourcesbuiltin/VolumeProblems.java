package io.k3j.resourcesbuiltin;

import io.k3j.model.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What can be wrong with the volumes of a pod. Pure.
final class VolumeProblems {
    private static final List<String> HOST_TYPES = List.of("", "BlockDevice", "CharDevice", "Directory",
            "DirectoryOrCreate", "File", "FileOrCreate", "Socket");

    private VolumeProblems() {
    }

    /// Checks all and gives their names.
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
        if (volume.has("persistentVolumeClaim")) {
            p.at("persistentVolumeClaim").present(volume.struct("persistentVolumeClaim"), "claimName");
        }
        if (volume.struct("emptyDir").has("sizeLimit")) {
            p.at("emptyDir").quantity(volume.struct("emptyDir"), "sizeLimit");
        }
        if (volume.has("projected")) {
            projected(volume.struct("projected"), p.at("projected"));
        }
    }

    private static void projected(Struct projected, Problems p) {
        Seq sources = projected.seq("sources");
        mode(projected, "defaultMode", p);
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
                }
            }
            Struct token = s.struct("serviceAccountToken");
            if (s.has("serviceAccountToken")) {
                at.at("serviceAccountToken").present(token, "path");
                if (token.whole("expirationSeconds", 3600) < 600) {
                    at.at("serviceAccountToken").at("expirationSeconds").invalid(token.whole("expirationSeconds", 0),
                            "may not specify a duration less than 10 minutes");
                }
            }
        }
    }

    private static void items(Struct source, Problems p) {
        mode(source, "defaultMode", p);
        Seq items = source.seq("items");
        for (int i = 0; i < items.size(); i++) {
            Struct item = items.struct(i);
            p.at("items", i).present(item, "key");
            if (p.at("items", i).present(item, "path")) {
                below(item.text("path"), p.at("items", i).at("path"));
            }
            mode(item, "mode", p.at("items", i));
        }
    }

    private static void mode(Struct of, String field, Problems p) {
        long mode = of.whole(field, 0);
        if (mode < 0 || mode > 0777) {
            p.at(field).invalid(mode, "must be a number between 0 and 0777 (octal), both inclusive");
        }
    }

    /// A path that must stay below where it is laid.
    static void below(String path, Problems p) {
        if (path.startsWith("/")) {
            p.invalid(path, "must be a relative path");
        }
        if (List.of(path.split("/")).contains("..")) {
            p.invalid(path, "must not contain '..'");
        }
    }
}
