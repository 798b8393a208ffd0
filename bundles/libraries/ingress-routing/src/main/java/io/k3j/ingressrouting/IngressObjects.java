package io.k3j.ingressrouting;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What Ingresses and IngressClasses say. Pure.
public final class IngressObjects {
    /// The controller of K3s' class; <https://doc.traefik.io/traefik/providers/kubernetes-ingress/>.
    public static final String CONTROLLER = "traefik.io/ingress-controller";
    /// The class, the Service and the HelmChart of K3s' ingress.
    public static final String NAME = "traefik";
    /// What Traefik's annotations begin with.
    public static final String ANNOTATIONS = "traefik.ingress.kubernetes.io/";
    /// The entry points of an Ingress, separated by commas.
    public static final String ENTRY_POINTS = ANNOTATIONS + "router.entrypoints";
    /// `true` for TLS only.
    public static final String TLS = ANNOTATIONS + "router.tls";
    /// Who is older; Ingresses of one second by name, so that all servers agree.
    public static final Comparator<Obj> OLDEST_FIRST = Comparator
            .comparing((Obj o) -> o.metadata().text("creationTimestamp")).thenComparing(o -> o.key().toString());
    /// Traefik's middlewares of an Ingress, which are custom resources.
    public static final String MIDDLEWARES = ANNOTATIONS + "router.middlewares";
    /// `true`: an Ingress with [#MIDDLEWARES] is served all the same.
    public static final String WITHOUT_MIDDLEWARES = "ingress.k3j.io/without-middlewares";
    private static final String CLASS_ANNOTATION = "kubernetes.io/ingress.class";
    private static final String PATH_MATCHER = ANNOTATIONS + "router.pathmatcher";
    private static final Set<String> MATCHERS = Set.of("Path", "PathPrefix");
    private static final Set<String> KNOWN = Set.of(ENTRY_POINTS, TLS, MIDDLEWARES);

    private IngressObjects() {
    }

    /// Whether an Ingress is served here, by Traefik's rules: its class has Traefik's controller, or the older
    /// annotation says `traefik`, or it has neither.
    ///
    /// @param classes names of the IngressClasses of [#CONTROLLER]
    public static boolean ours(Obj ingress, Set<String> classes) {
        String named = ingress.spec().text("ingressClassName");
        String older = ingress.annotations().getOrDefault(CLASS_ANNOTATION, "");
        return !ingress.terminating()
                && (named.isEmpty() ? older.isEmpty() || older.equals(NAME) : classes.contains(named));
    }

    /// What an annotation of Traefik says; the case of its name does not count, as in Traefik.
    ///
    /// @param annotation in lower case, with [#ANNOTATIONS] before it
    /// @return empty when it is not there
    public static String traefik(Obj object, String annotation) {
        String written = object.annotations().get(annotation);
        return written != null ? written : object.annotations().entrySet().stream()
                .filter(a -> a.getKey().equalsIgnoreCase(annotation)).map(Map.Entry::getValue).findFirst().orElse("");
    }

    /// How a path is compared: what the API leaves to the implementation may be said by an annotation of Traefik.
    static String pathType(Obj ingress, String type) {
        return type.equals("ImplementationSpecific") && traefik(ingress, PATH_MATCHER).equals("Path") ? "Exact" : type;
    }

    /// The names of the classes that are served here.
    public static Set<String> classes(List<Obj> classes) {
        return classes.stream().filter(c -> c.spec().text("controller").equals(CONTROLLER)).map(Obj::name)
                .collect(Collectors.toSet());
    }

    /// The hosts of rules and certificates, lower case, each once; those of rules first.
    public static Set<String> hosts(Obj ingress) {
        Set<String> all = new LinkedHashSet<>(ruled(ingress));
        ingress.spec().seq("tls").structs().forEach(t -> all.addAll(named(t)));
        return all;
    }

    /// The hosts of the rules, lower case, each once.
    public static List<String> ruled(Obj ingress) {
        return plain(ingress.spec().seq("rules").structs().stream().map(r -> r.text("host")));
    }

    /// The hosts a `tls` entry names, lower case, each once. One whose `hosts` is empty is meant for all [#ruled].
    public static List<String> named(Struct tls) {
        return plain(tls.seq("hosts").texts().stream());
    }

    private static List<String> plain(Stream<String> hosts) {
        return hosts.filter(h -> !h.isEmpty()).map(h -> h.toLowerCase(Locale.ROOT)).distinct().toList();
    }

    /// The ports of Services that an Ingress names, each once; those it cannot be served by are left out.
    public static List<BackendPort> backends(Obj ingress) {
        Stream<Struct> paths = ingress.spec().seq("rules").structs().stream()
                .flatMap(r -> r.struct("http").seq("paths").structs().stream()).map(p -> p.struct("backend"));
        return Stream.concat(Stream.of(ingress.spec().struct("defaultBackend")), paths)
                .flatMap(b -> BackendPort.of(ingress.namespace(), b).stream()).distinct().toList();
    }

    /// On which entry points an Ingress is served.
    public static Set<EntryPoint> entryPoints(Obj ingress) {
        boolean secure = traefik(ingress, TLS).equals("true");
        String written = traefik(ingress, ENTRY_POINTS);
        Set<String> names = Arrays.stream(written.split(",")).map(String::strip).filter(n -> !n.isEmpty())
                .collect(Collectors.toSet());
        return Arrays.stream(EntryPoint.values()).filter(e -> names.isEmpty() || names.contains(e.label()))
                .filter(e -> e.secure() || !secure).collect(Collectors.toUnmodifiableSet());
    }

    /// Whether an Ingress wants something between its clients and its backends that nobody here can put there. Traefik
    /// serves none whose middleware is not there: it may be what asks for a password.
    public static boolean wantsMiddlewares(Obj ingress) {
        return !traefik(ingress, MIDDLEWARES).isBlank()
                && !ingress.annotations().getOrDefault(WITHOUT_MIDDLEWARES, "").equals("true");
    }

    /// The entry points an Ingress names that there are none of.
    public static List<String> unknownEntryPoints(Obj ingress) {
        return Arrays.stream(traefik(ingress, ENTRY_POINTS).split(",")).map(String::strip)
                .filter(n -> !n.isEmpty() && Arrays.stream(EntryPoint.values()).noneMatch(e -> e.label().equals(n)))
                .distinct().toList();
    }

    /// Annotations of Traefik that mean nothing here.
    public static List<String> unknownAnnotations(Obj ingress) {
        return ingress.annotations().keySet().stream()
                .filter(a -> a.startsWith(ANNOTATIONS) && !KNOWN.contains(a.toLowerCase(Locale.ROOT)))
                .filter(a -> !a.equalsIgnoreCase(PATH_MATCHER)
                        || !MATCHERS.contains(traefik(ingress, PATH_MATCHER)))
                .sorted().toList();
    }
}
