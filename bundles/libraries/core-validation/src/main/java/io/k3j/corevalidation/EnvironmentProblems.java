package io.k3j.corevalidation;

import io.k3j.apimachinery.Names;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What can be wrong with `env` and `envFrom` of a container, as upstream's `ValidateEnv` and `ValidateEnvFrom`. Pure.
/// That a file of variables lies in an emptyDir is seen for the pod as a whole: [#files].
final class EnvironmentProblems {
    /// What `valueFrom` may hold, of which it holds one.
    private static final List<String> SOURCES = List.of("fieldRef", "resourceFieldRef", "configMapKeyRef",
            "secretKeyRef", "fileKeyRef");
    private static final int LONGEST_FILE_KEY = 128;
    private static final String FILE = "fileKeyRef";
    private static final String VOLUME = "volumeName";

    private EnvironmentProblems() {
    }

    /// Checks both lists of a container at its place.
    static void check(Struct container, Problems p) {
        Seq env = container.seq("env");
        for (int i = 0; i < env.size() && !p.full(); i++) {
            Struct e = env.struct(i);
            Problems at = p.at("env", i);
            if (at.present(e, "name")) {
                at.at("name").invalid(e.text("name"), Names.environment(e.text("name")));
            }
            if (e.has("valueFrom")) {
                source(e, e.struct("valueFrom"), at.at("valueFrom"));
            }
        }
        all(container.seq("envFrom"), p);
    }

    /// Exactly one source, and then no value beside it. What each source must say is checked whatever the outcome is.
    private static void source(Struct env, Struct from, Problems p) {
        if (from.has("fieldRef")) {
            DownwardProblems.variable(from.struct("fieldRef"), p.at("fieldRef"));
        }
        if (from.has("resourceFieldRef")) {
            DownwardProblems.resource(from.struct("resourceFieldRef"), false, p.at("resourceFieldRef"));
        }
        for (String ref : List.of("configMapKeyRef", "secretKeyRef")) {
            if (from.has(ref)) {
                Struct key = from.struct(ref);
                p.at(ref).at("name").invalid(key.text("name"), Names.subdomain(key.text("name")));
                if (p.at(ref).present(key, "key")) {
                    p.at(ref).at("key").invalid(key.text("key"), Names.configKey(key.text("key")));
                }
            }
        }
        if (from.has(FILE)) {
            file(from.struct(FILE), p.at(FILE));
        }
        long sources = SOURCES.stream().filter(from::has).count();
        if (sources == 0) {
            p.invalid("", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or"
                    + " `fileKeyRef`");
        } else if (!env.text("value").isEmpty()) {
            p.invalid("", "may not be specified when `value` is not empty");
        } else if (sources > 1) {
            p.invalid("", "may not have more than one field specified at a time");
        }
    }

    private static void file(Struct ref, Problems p) {
        if (p.present(ref, "key")) {
            String key = ref.text("key");
            p.at("key").invalid(key, Names.environment(key));
            if (key.length() > LONGEST_FILE_KEY) {
                p.at("key").tooLong(LONGEST_FILE_KEY);
            }
        }
        if (p.present(ref, VOLUME)) {
            p.at(VOLUME).invalid(ref.text(VOLUME), Names.label(ref.text(VOLUME)));
        }
        if (p.present(ref, "path")) {
            VolumeProblems.noWayUp(ref.text("path"), p.at("path"));
        }
    }

    /// Exactly one object per entry, all of whose keys become variables. Which of the keys are names of variables is
    /// seen by the kubelet only. How many objects there are is told at the list, as upstream does.
    private static void all(Seq sources, Problems p) {
        for (int i = 0; i < sources.size() && !p.full(); i++) {
            Struct s = sources.struct(i);
            Problems at = p.at("envFrom", i);
            if (!s.text("prefix").isEmpty()) {
                at.at("prefix").invalid(s.text("prefix"), Names.environment(s.text("prefix")));
            }
            for (String ref : List.of("configMapRef", "secretRef")) {
                String name = s.struct(ref).text("name");
                if (s.has(ref) && at.at(ref).present(s.struct(ref), "name")) {
                    at.at(ref).at("name").invalid(name, Names.subdomain(Names.completed(name)));
                }
            }
            boolean map = s.has("configMapRef");
            boolean secret = s.has("secretRef");
            if (!map && !secret) {
                p.at("envFrom").invalid("", "must specify one of: `configMapRef` or `secretRef`");
            } else if (map && secret) {
                p.at("envFrom").invalid("", "may not have more than one field specified at a time");
            }
        }
    }

    /// Checks that files of variables lie in an emptyDir of the pod.
    ///
    /// @param lists of containers
    /// @param p the place of the spec
    static void files(Struct spec, List<String> lists, Problems p) {
        Map<String, Struct> volumes = new HashMap<>();
        for (String list : lists) {
            Seq containers = spec.seq(list);
            for (int i = 0; i < containers.size() && !p.full(); i++) {
                Seq env = containers.struct(i).seq("env");
                for (int j = 0; j < env.size(); j++) {
                    Struct from = env.struct(j).struct("valueFrom");
                    if (from.has(FILE)) {
                        if (volumes.isEmpty()) {
                            spec.seq("volumes").structs().forEach(v -> volumes.putIfAbsent(v.text("name"), v));
                        }
                        volume(volumes, from.struct(FILE).text(VOLUME),
                                p.at(list, i).at("env", j).at("valueFrom").at(FILE).at(VOLUME));
                    }
                }
            }
        }
    }

    private static void volume(Map<String, Struct> volumes, String name, Problems p) {
        Struct volume = volumes.get(name);
        if (volume == null) {
            p.notFound(name);
        } else if (!volume.has("emptyDir")) {
            p.invalid(name, "referenced volume must be of type emptyDir");
        }
    }
}
