package io.k3j.openapi;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// This server's document of version 2 with the documents of others put into it, as kube-openapi's `aggregator` does
/// (`MergeSpecsIgnorePathConflictRenamingDefinitionsAndParameters`): a path that is there stays; a definition or a
/// parameter that is there and says the same is shared; one that says something else gets a name of its own, `NAME_v2`
/// and so on. For one document and one thread; the time it takes is that of the size of what is put in.
public final class OpenApiMerge {
    private static final String DEFINITIONS = "#/definitions/";
    private static final String PARAMETERS = "#/parameters/";
    private static final String KINDS = "x-kubernetes-group-version-kind";
    private final Struct own;
    private final Map<String, Struct> paths = new LinkedHashMap<>();
    private final Map<String, Struct> definitions = new TreeMap<>();
    private final Map<String, Struct> parameters = new TreeMap<>();

    /// Begins with this server's own.
    ///
    /// @param own as [OpenApi#v2] makes it
    public OpenApiMerge(Struct own) {
        this.own = own;
        copy(own.struct("paths"), paths);
        copy(own.struct("definitions"), definitions);
        copy(own.struct("parameters"), parameters);
    }

    private static void copy(Struct from, Map<String, Struct> to) {
        from.names().forEach(name -> to.put(name, from.struct(name)));
    }

    /// Puts another server's document in: its paths below `prefix`, and all its definitions and parameters. Of these it
    /// takes what OpenAPI 2 knows.
    ///
    /// @param prefix `/apis/GROUP/VERSION/`
    /// @throws IllegalArgumentException when a value in it is not of the type that OpenAPI 2 says; then nothing is put
    ///     in
    public void add(String prefix, Struct document) {
        Part part = new Part(prefix, document);
        Map<String, String> renamed = new HashMap<>();
        part.fit(UnaryOperator.identity());
        if (part.paths.isEmpty()) {
            return;
        }
        rename(part.definitions, definitions, DEFINITIONS, renamed);
        rename(part.parameters, parameters, PARAMETERS, renamed);
        if (!renamed.isEmpty()) {
            part.fit(reference -> renamed.getOrDefault(reference, reference));
        }
        part.definitions.forEach((name, what) -> definitions.merge(renamed(DEFINITIONS, name, renamed), what,
                OpenApiMerge::ofBothKinds));
        part.parameters
                .forEach((name, what) -> parameters.putIfAbsent(renamed(PARAMETERS, name, renamed), what));
        paths.putAll(part.paths);
    }

    /// The whole.
    public Struct merged() {
        return own.with("paths", Struct.copyOf(paths)).with("definitions", Struct.copyOf(definitions))
                .with("parameters", Struct.copyOf(parameters));
    }

    private static String renamed(String pointer, String name, Map<String, String> renamed) {
        return renamed.getOrDefault(pointer + name, pointer + name).substring(pointer.length());
    }

    /// What is put in of another server.
    private final class Part {
        private final String prefix;
        private final Struct document;
        private final Map<String, Struct> paths = new LinkedHashMap<>();
        private final Map<String, Struct> definitions = new LinkedHashMap<>();
        private final Map<String, Struct> parameters = new LinkedHashMap<>();

        Part(String prefix, Struct document) {
            this.prefix = prefix;
            this.document = document;
        }

        /// Makes all of it, with references that lead where `references` says.
        void fit(UnaryOperator<String> references) {
            OpenApiFit fit = new OpenApiFit(references);
            document.struct("paths").forEach((path, item) -> {
                if (path.startsWith(prefix) && !OpenApiMerge.this.paths.containsKey(path)) {
                    paths.put(path, fit.part("PathItem", path, item));
                }
            });
            document.struct("definitions").forEach((name, schema) -> definitions.put(name,
                    fit.part("Schema", name, schema)));
            document.struct("parameters").forEach((name, one) -> parameters.put(name,
                    fit.part("Parameter", name, one)));
        }
    }

    /// Finds names for those that say something else than what has their name. A name that was found before for the
    /// same is used again. Names with numbers are looked for from 2 on, each is either here or in the same document:
    /// all searches together take no more steps than there are names.
    ///
    /// @param renamed gets the old and the new reference
    private static void rename(Map<String, Struct> theirs, Map<String, Struct> here, String pointer,
            Map<String, String> renamed) {
        Set<String> found = new HashSet<>();
        theirs.forEach((name, what) -> {
            Struct plain = plain(what);
            if (fits(here, name, plain)) {
                return;
            }
            int number = 2;
            String other = name + "_v2";
            while (here.containsKey(other) ? !fits(here, other, plain)
                    : theirs.containsKey(other) || !found.add(other)) {
                number++;
                other = name + "_v" + number;
            }
            renamed.put(pointer + name, pointer + other);
        });
    }

    /// Whether a name is free, or means the same.
    /// @param plain what it is to mean, as [#plain] makes it: once, however many names are tried
    private static boolean fits(Map<String, Struct> here, String name, Struct plain) {
        Struct there = here.get(name);
        return there == null || plain(there).equals(plain);
    }

    /// Which kinds a definition is of does not count, unless it is no list that says so.
    private static Struct plain(Struct definition) {
        return definition.get(KINDS) instanceof Seq ? definition.without(KINDS) : definition;
    }

    /// `DeleteOptions` and the like are of as many kinds as there are groups. Kinds are told apart by a text, as
    /// upstream: of structs another server could say many that have one hash.
    private static Struct ofBothKinds(Struct here, Struct theirs) {
        Map<String, Object> kinds = new TreeMap<>();
        here.seq(KINDS).forEach(told -> kinds.putIfAbsent(kind(told), told));
        int before = kinds.size();
        theirs.seq(KINDS).forEach(told -> kinds.putIfAbsent(kind(told), told));
        return kinds.size() == before ? here : here.with(KINDS, List.copyOf(kinds.values()));
    }

    private static String kind(Object told) {
        return told instanceof Struct s ? s.text("group") + "/" + s.text("version") + "." + s.text("kind") : "";
    }
}
