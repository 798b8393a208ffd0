package io.k3j.ingressrouting;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What Ingresses of several people come to together.
class RoutingTest {
    private static final Obj CLASS = Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1", "kind", "IngressClass",
            "metadata", Struct.of("name", "traefik"), "spec", Struct.of("controller", IngressObjects.CONTROLLER)));
    private static final Obj FOREIGN = Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1", "kind", "IngressClass",
            "metadata", Struct.of("name", "nginx"), "spec", Struct.of("controller", "k8s.io/ingress-nginx")));

    /// @param key `namespace/name`; its uid is the same
    /// @param second of its creation
    static Obj ingress(String key, int second, Struct spec) {
        String[] words = key.split("/");
        return Obj.of(Struct.of("apiVersion", "networking.k8s.io/v1", "kind", "Ingress", "metadata",
                Struct.of("namespace", words[0], "name", words[1], "uid", key, "creationTimestamp",
                        "2026-01-01T00:00:%02dZ".formatted(second), "annotations", Struct.EMPTY),
                "spec", spec));
    }

    static Struct backend(String service) {
        return Struct.of("service", Struct.of("name", service, "port", Struct.of("number", 80)));
    }

    static Struct rule(String host, String path, String service) {
        return Struct.of("host", host, "http", Struct.of("paths",
                Seq.of(Struct.of("path", path, "pathType", "Prefix", "backend", backend(service)))));
    }

    static Struct spec(Struct... rules) {
        return Struct.of("ingressClassName", "traefik", "rules", Seq.copyOf(List.of(rules)));
    }

    private static Routing routing(Obj... ingresses) {
        return Routing.of(List.of(ingresses), List.of(CLASS, FOREIGN), HostClaims.none());
    }

    private static String found(Routing routing, EntryPoint entryPoint, String host, String path) {
        return routing.table(entryPoint).find(host, path).map(r -> r.backend().toString()).orElse("");
    }

    private static String found(Routing routing, String host, String path) {
        return found(routing, EntryPoint.WEB, host, path);
    }

    @Test
    void whatIsToBeBehindAMiddlewareIsNotServedWithoutIt() {
        Obj guarded = ingress("a/a", 1, spec(rule("a.test", "/", "x"))).with("default-auth@kubernetescrd", "metadata",
                "annotations", IngressObjects.MIDDLEWARES);
        Routing routing = routing(guarded);
        assertThat(found(routing, "a.test", "/")).isEmpty();
        assertThat(routing.problems().get(guarded.key())).singleElement()
                .satisfies(p -> assertThat(p.reason()).isEqualTo("UnsupportedMiddleware"));
        Obj open = guarded.with("true", "metadata", "annotations", IngressObjects.WITHOUT_MIDDLEWARES);
        assertThat(found(routing(open), "a.test", "/")).isEqualTo("a/x:80");
    }

    @Test
    void anEntryPointThatIsNotThereIsToldOf() {
        Obj ingress = ingress("a/a", 1, spec(rule("a.test", "/", "x"))).with("https, web", "metadata", "annotations",
                IngressObjects.ENTRY_POINTS);
        Routing routing = routing(ingress);
        assertThat(found(routing, EntryPoint.WEB, "a.test", "/")).isEqualTo("a/x:80");
        assertThat(routing.problems().get(ingress.key())).singleElement().satisfies(p -> {
            assertThat(p.reason()).isEqualTo("UnknownEntryPoint");
            assertThat(p.message()).contains("names https: there are web and websecure");
        });
    }

    @Test
    void namesOfTraefiksAnnotationsCountInAnyCase() {
        Obj ingress = ingress("a/a", 1, spec(rule("a.test", "/", "x"))).with("websecure", "metadata", "annotations",
                IngressObjects.ANNOTATIONS + "router.entryPoints");
        Routing routing = routing(ingress);
        assertThat(found(routing, EntryPoint.WEB, "a.test", "/")).isEmpty();
        assertThat(found(routing, EntryPoint.WEBSECURE, "a.test", "/")).isEqualTo("a/x:80");
        assertThat(routing.problems()).isEmpty();
    }

    @Test
    void aPathThatTheApiLeavesOpenIsMatchedAsTheAnnotationSays() {
        Struct path = Struct.of("path", "/a", "pathType", "ImplementationSpecific", "backend", backend("x"));
        Obj begun = ingress("a/a", 1, spec(Struct.of("host", "a.test", "http", Struct.of("paths", Seq.of(path)))));
        assertThat(found(routing(begun), "a.test", "/ab")).isEqualTo("a/x:80");
        String annotation = IngressObjects.ANNOTATIONS + "router.pathmatcher";
        Routing whole = routing(begun.with("Path", "metadata", "annotations", annotation));
        assertThat(found(whole, "a.test", "/ab")).isEmpty();
        assertThat(found(whole, "a.test", "/a")).isEqualTo("a/x:80");
        assertThat(whole.problems()).isEmpty();
        assertThat(routing(begun.with("PathRegexp", "metadata", "annotations", annotation)).problems().toString())
                .contains("UnsupportedAnnotation");
    }

    @Test
    void aPreciseHostComesBeforeAWildcardWhichIsOneLabel() {
        Routing routing = routing(
                ingress("a/a", 1, spec(rule("*.x.test", "/", "wild"), rule("one.x.test", "/", "one"))));
        assertThat(found(routing, "one.x.test", "/")).isEqualTo("a/one:80");
        assertThat(found(routing, "two.x.test", "/")).isEqualTo("a/wild:80");
        assertThat(found(routing, "x.test", "/")).isEmpty();
        assertThat(found(routing, "a.two.x.test", "/")).isEmpty();
    }

    @Test
    void namespacesShareAHostAndTheOlderIngressHasAPath() {
        Routing routing = routing(ingress("late/b", 2, spec(rule("a.test", "/", "late"), rule("a.test", "/b", "b"))),
                ingress("early/a", 1, spec(rule("a.test", "/", "early"))));
        assertThat(found(routing, "a.test", "/")).isEqualTo("early/early:80");
        assertThat(found(routing, "a.test", "/b")).isEqualTo("late/b:80");
    }

    private static Obj alone(Obj owner) {
        return owner.with("", "metadata", "annotations", HostClaims.SHARE);
    }

    @Test
    void aHostBelongsToTheNamespaceThatNamedItFirstAndKeepsIt() {
        Routing routing = routing(ingress("thief/b", 2, spec(rule("A.test", "/login", "evil"))),
                alone(ingress("owner/a", 1, spec(rule("a.test", "/", "good")))));
        assertThat(found(routing, "a.test", "/login")).isEqualTo("owner/good:80");
        assertThat(routing.problems().toString()).contains("thief/b", "HostClaimed", "a.test", "namespace owner");
    }

    @Test
    void anOlderIngressDoesNotTakeAHostByNamingItLater() {
        Obj owner = alone(ingress("owner/a", 2, spec(rule("a.test", "/", "good"))));
        Routing before = routing(ingress("thief/b", 1, spec(rule("b.test", "/", "evil"))), owner);
        Routing after = Routing.of(List.of(ingress("thief/b", 1, spec(rule("a.test", "/", "evil"))), owner),
                List.of(CLASS), before.claims());
        assertThat(found(after, "a.test", "/")).isEqualTo("owner/good:80");
    }

    @Test
    void aWildcardClaimsTheNamesBelowItThatNobodyHas() {
        Routing routing = routing(ingress("early/a", 1, spec(rule("first.x.test", "/", "early"))),
                alone(ingress("owner/b", 2, spec(rule("*.x.test", "/", "wild")))),
                ingress("late/c", 3, spec(rule("late.x.test", "/", "late"))));
        assertThat(found(routing, "first.x.test", "/")).isEqualTo("early/early:80");
        assertThat(found(routing, "late.x.test", "/")).isEqualTo("owner/wild:80");
    }

    @Test
    void theOwnerCanShareAHostWithSome() {
        Obj owner = ingress("owner/a", 1, spec(rule("a.test", "/", "good"))).with("friend, other", "metadata",
                "annotations", HostClaims.SHARE);
        Routing routing = routing(owner, ingress("friend/b", 2, spec(rule("a.test", "/api", "api"))));
        assertThat(found(routing, "a.test", "/api/x")).isEqualTo("friend/api:80");
        assertThat(found(routing, "a.test", "/x")).isEqualTo("owner/good:80");
    }

    @Test
    void pathsOfAHostAreNeverServedByAnIngressWithoutHost() {
        Routing routing = routing(ingress("owner/a", 1, spec(rule("a.test", "/app", "good"))),
                ingress("thief/b", 2, spec(rule("", "/.well-known", "evil"))));
        assertThat(found(routing, "a.test", "/.well-known/acme-challenge/x")).isEmpty();
        assertThat(found(routing, "other.test", "/.well-known/x")).isEqualTo("thief/evil:80");
    }

    @Test
    void aDefaultBackendServesWhatTheHostsOfItsIngressDoNotMatch() {
        Routing routing = routing(
                ingress("a/a", 1, spec(rule("a.test", "/app", "app")).with("defaultBackend", backend("rest"))),
                ingress("b/b", 2, Struct.of("ingressClassName", "traefik", "defaultBackend", backend("all"))));
        assertThat(found(routing, "a.test", "/app")).isEqualTo("a/app:80");
        assertThat(found(routing, "a.test", "/")).isEqualTo("a/rest:80");
        assertThat(found(routing, "any.test", "/")).isEqualTo("b/all:80");
    }

    @Test
    void servesItsClassTheOlderAnnotationAndIngressesWithoutEither() {
        Obj annotated = ingress("a/a", 1, spec(rule("a.test", "/", "x")).without("ingressClassName"))
                .with("nginx", "metadata", "annotations", "kubernetes.io/ingress.class");
        assertThat(found(routing(annotated), "a.test", "/")).isEmpty();
        assertThat(found(routing(annotated.with("traefik", "metadata", "annotations", "kubernetes.io/ingress.class")),
                "a.test", "/")).isEqualTo("a/x:80");
        Struct foreign = spec(rule("a.test", "/", "x")).with("ingressClassName", "nginx");
        assertThat(found(routing(ingress("a/a", 1, foreign)), "a.test", "/")).isEmpty();
        assertThat(found(routing(ingress("a/a", 1, foreign.without("ingressClassName"))), "a.test", "/"))
                .isEqualTo("a/x:80");
    }

    @Test
    void entryPointsOfTraefiksAnnotationsAreKept() {
        Obj secure = ingress("a/a", 1, spec(rule("a.test", "/", "x"))).with("websecure", "metadata", "annotations",
                IngressObjects.ENTRY_POINTS);
        assertThat(found(routing(secure), EntryPoint.WEB, "a.test", "/")).isEmpty();
        assertThat(found(routing(secure), EntryPoint.WEBSECURE, "a.test", "/")).isEqualTo("a/x:80");
    }

    @Test
    void tellsOfAnnotationsAndBackendsThatMeanNothingHere() {
        Obj odd = ingress("a/a", 1, Struct.of("ingressClassName", "traefik", "defaultBackend",
                Struct.of("resource", Struct.of("kind", "Bucket", "name", "b")))).with("x", "metadata", "annotations",
                        IngressObjects.ANNOTATIONS + "router.priority");
        assertThat(routing(odd).problems().toString()).contains("UnsupportedBackend", "UnsupportedAnnotation",
                "router.priority");
    }

    @Test
    void certificatesAreThoseOfIngressesThatMayUseTheHost() {
        Struct tls = Struct.of("tls", Seq.of(Struct.of("hosts", Seq.of("a.test"), "secretName", "s")));
        Struct mine = spec(rule("a.test", "/", "x")).with("tls", tls.get("tls"));
        Obj owner = ingress("owner/a", 1, mine);
        Obj guest = ingress("guest/b", 2, mine);
        assertThat(routing(owner, guest).certificates().toString()).isEqualTo("{a.test=[owner/s, guest/s]}");
        Obj alone = owner.with("", "metadata", "annotations", HostClaims.SHARE);
        assertThat(routing(alone, guest).certificates().toString()).isEqualTo("{a.test=[owner/s]}");
    }

    @Test
    void aPathThatNoRequestCanHaveIsTold() {
        Routing routing = routing(ingress("a/a", 1, spec(rule("a.test", "/%zz", "x"), rule("a.test", "/%62", "b"))));
        assertThat(found(routing, "a.test", "/b")).isEqualTo("a/b:80");
        assertThat(routing.problems().values()).singleElement().asString().contains("InvalidPath", "path /%zz of");
    }

    private static Seq secrets(int many, Struct otherwise) {
        return Seq.copyOf(IntStream.range(0, many).mapToObj(i -> otherwise.with("secretName", "s" + i)).toList());
    }

    private static Struct[] hostsAlone(int many) {
        return IntStream.range(0, many).mapToObj(i -> Struct.of("host", "h" + i + ".test")).toArray(Struct[]::new);
    }

    /// Each entry without hosts means all hosts: kept as pairs these are ten thousand million.
    @Test
    void manySecretsForManyHostsCostNoMoreThanTheyAreLong() {
        Obj large = ingress("a/a", 1, spec(hostsAlone(100_000)).with("tls", secrets(100_000, Struct.EMPTY)));
        Routing routing = routing(large);
        assertThat(routing.certificates()).hasSize(100_000);
        assertThat(routing.certificates().get("h99999.test").toString())
                .isEqualTo("[a/s0, a/s1, a/s2, a/s3, a/s4, a/s5, a/s6, a/s7]");
        assertThat(routing.problems().get(large.key())).singleElement().asString()
                .contains("TooManyCertificates", "8 Secrets for all hosts of the rules");
        assertThat(Routing.of(List.of(large), List.of(CLASS), routing.claims()).claims().holder("h7.test"))
                .contains(large);
    }

    @Test
    void manySecretsForOneHostAreToldToo() {
        Struct tls = Struct.of("hosts", Seq.of("A.test"));
        Routing routing = routing(ingress("a/a", 1, spec(rule("a.test", "/", "x")).with("tls", secrets(9, tls))));
        assertThat(routing.certificates().get("a.test")).hasSize(Routing.MOST_SECRETS);
        assertThat(routing.problems().toString()).contains("8 Secrets for host a.test");
    }

    /// What a namespace list of a quarter of a MiB costs, it costs once.
    @Test
    void manyHostsThatBelongToSomebodyElseAreToldInPart() {
        Obj owner = ingress("owner/a", 1, spec(hostsAlone(50_000))).with("friend,".repeat(30_000), "metadata",
                "annotations", HostClaims.SHARE);
        Obj late = ingress("late/b", 2, spec(hostsAlone(50_000)));
        assertThat(routing(owner, late).problems().get(late.key())).hasSize(Routing.MOST_PROBLEMS)
                .allMatch(p -> p.reason().equals("HostClaimed"));
    }
}
