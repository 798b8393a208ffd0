package io.k3j.kubectl;

import io.k3j.codec.Document;
import io.k3j.codec.Json;
import io.k3j.codec.Yaml;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// `apply -f`, always by server-side apply.
final class Apply {
    private Apply() {
    }

    static int run(Api api, Options options, PrintStream out) {
        Resources resources = new Resources(api);
        for (Struct document : documents(options)) {
            Obj object = Obj.of(document);
            Resources.Resource r = resources.of(object.gvk());
            String path = path(api, options, r, object);
            Struct before = existing(api, path);
            Struct after = api.call("PATCH", path + "?fieldManager=kubectl&force=" + options.flag("force-conflicts"),
                    "application/apply-patch+yaml", Json.bytes(document), "application/json");
            out.println(Target.shortly(r, object.name()) + " " + (before.isEmpty() ? "created"
                    : version(before).equals(version(after)) ? "unchanged" : "configured"));
        }
        return 0;
    }

    static String path(Api api, Options options, Resources.Resource r, Obj object) {
        String namespace = object.namespace().isEmpty() ? Get.namespace(api, options) : object.namespace();
        return r.path(r.namespaced() ? namespace : "", object.name());
    }

    private static String version(Struct object) {
        return object.struct("metadata").text("resourceVersion");
    }

    private static Struct existing(Api api, String path) {
        try {
            return api.get(path);
        } catch (CommandFailure e) {
            return Struct.EMPTY;
        }
    }

    /// The objects of `--filename`: a file, a directory, or `-` for standard input.
    static List<Struct> documents(Options options) {
        String file = options.text("filename", "");
        if (file.isEmpty()) {
            throw new CommandFailure("error: must specify -f with a file, a directory or -");
        }
        try {
            if (file.equals("-")) {
                return objects(System.in.readAllBytes());
            }
            try (Stream<Path> files = Files.isDirectory(Path.of(file)) ? Files.list(Path.of(file)).sorted()
                    : Stream.of(Path.of(file))) {
                List<Path> all = files.toList();
                List<Struct> found = new ArrayList<>();
                for (Path p : all) {
                    found.addAll(objects(Files.readAllBytes(p)));
                }
                return found;
            }
        } catch (IOException e) {
            throw new CommandFailure(
                    "error: the path \"" + file + "\" cannot be read: " + e.getClass().getSimpleName());
        }
    }

    private static List<Struct> objects(byte[] bytes) {
        return Yaml.documents(bytes).stream().map(Document::object)
                .flatMap(o -> o.text("kind").equals("List") ? o.seq("items").structs().stream() : Stream.of(o))
                .toList();
    }
}
