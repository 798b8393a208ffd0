package io.k3j.kubeletuserns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.kuberuntime.ConfigError;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserNamespacesTest {
    private static final long UNIT = IdRange.UNIT;
    private static final IdRange TWO = new IdRange(UNIT, 2 * UNIT, UNIT);
    @TempDir
    private Path pods;
    private List<ContainerRuntime.Handler> handlers = List.of(new ContainerRuntime.Handler("", false, true),
            new ContainerRuntime.Handler("old", false, false));

    private UserNamespaces begin(IdRange range) throws IOException {
        ContainerRuntime runtime = (ContainerRuntime) Proxy.newProxyInstance(ContainerRuntime.class.getClassLoader(),
                new Class<?>[] {ContainerRuntime.class}, (p, method, a) -> handlers);
        return new UserNamespaces(pods, range, runtime, new Random(1));
    }

    private Obj pod(String uid) throws IOException {
        Files.createDirectories(pods.resolve(uid));
        return Obj.of(Struct.of("metadata", Struct.of("name", uid, "uid", uid), "spec",
                Struct.of("hostUsers", false)));
    }

    private static long first(UserNamespaces namespaces, Obj pod) {
        return options(namespaces.sandbox(pod, Struct.EMPTY)).seq("uids").struct(0).whole("hostId", 0);
    }

    private static Struct options(Struct config) {
        return config.struct("linux").struct("securityContext").struct("namespaceOptions").struct("usernsOptions");
    }

    @Test
    void eachPodHasIdsOfItsOwnUntilThereAreNoMore() throws IOException {
        UserNamespaces namespaces = begin(TWO);
        Obj a = pod("a");
        Obj b = pod("b");
        namespaces.allocate(a, "");
        namespaces.allocate(b, "");
        namespaces.allocate(a, "");
        assertThat(List.of(first(namespaces, a), first(namespaces, b))).containsExactlyInAnyOrder(UNIT, 2 * UNIT);
        Obj c = pod("c");
        assertThatThrownBy(() -> namespaces.allocate(c, "")).isInstanceOf(ConfigError.class)
                .hasMessage("create user namespace: could not find an empty slot to allocate a user namespace");
        long free = first(namespaces, a);
        namespaces.release("a");
        namespaces.release("a");
        namespaces.allocate(c, "");
        assertThat(first(namespaces, c)).isEqualTo(free);
    }

    @Test
    void sandboxAndMountsAreMappedAndOthersAreLeftAlone() throws IOException {
        UserNamespaces namespaces = begin(new IdRange(UNIT, UNIT, UNIT));
        Obj pod = pod("a");
        namespaces.allocate(pod, "");
        Seq ids = Seq.of(Struct.of("hostId", UNIT, "containerId", 0, "length", UNIT));
        Struct expected = Struct.of("mode", "POD", "uids", ids, "gids", ids);
        Struct linux = Struct.of("linux", Struct.of("securityContext",
                Struct.of("namespaceOptions", Struct.of("pid", "CONTAINER"))));
        Struct sandbox = namespaces.sandbox(pod, linux);
        assertThat(options(sandbox)).isEqualTo(expected);
        assertThat(sandbox.struct("linux").struct("securityContext").struct("namespaceOptions").text("pid"))
                .isEqualTo("CONTAINER");
        Struct container = namespaces.container(pod, linux.with("mounts", Seq.of(Struct.of("hostPath", "/v"))));
        assertThat(options(container)).isEqualTo(expected);
        assertThat(container.seq("mounts"))
                .isEqualTo(Seq.of(Struct.of("hostPath", "/v", "uidMappings", ids, "gidMappings", ids)));
        for (Struct spec : List.of(Struct.EMPTY, Struct.of("hostUsers", true))) {
            Obj host = Obj.of(Struct.of("metadata", Struct.of("uid", "h"), "spec", spec));
            namespaces.allocate(host, "old");
            assertThat(namespaces.sandbox(host, linux)).isEqualTo(linux);
            assertThat(namespaces.container(host, linux)).isEqualTo(linux);
        }
    }

    @Test
    void theNextKubeletAdoptsWhatPodsHave() throws IOException {
        UserNamespaces before = begin(TWO);
        Obj a = pod("a");
        before.allocate(a, "");
        UserNamespaces after = begin(TWO);
        assertThat(first(after, a)).isEqualTo(first(before, a));
        Obj b = pod("b");
        after.allocate(b, "");
        assertThat(first(after, b)).isNotEqualTo(first(after, a));
    }

    @Test
    void whatTheKubeletBeforeGaveAtItsEndCountsToo() throws IOException {
        UserNamespaces after = begin(TWO);
        UserNamespaces before = begin(TWO);
        Obj a = pod("a");
        before.allocate(a, "");
        assertThat(first(after, a)).isEqualTo(first(before, a));
        Obj b = pod("b");
        after.allocate(b, "");
        assertThat(first(after, b)).isNotEqualTo(first(before, a));
    }

    @Test
    void filesAreUpstreams() throws IOException {
        Path file = Files.createDirectories(pods.resolve("a")).resolve("userns");
        String text = "{\"uidMappings\":[{\"hostId\":131072,\"containerId\":0,\"length\":65536}],"
                + "\"gidMappings\":[{\"hostId\":131072,\"containerId\":0,\"length\":65536}]}";
        Files.writeString(file, text);
        UserNamespaces namespaces = begin(TWO);
        assertThat(first(namespaces, pod("a"))).isEqualTo(131_072);
        Files.delete(file);
        namespaces.release("a");
        UserNamespaces one = begin(new IdRange(131_072, UNIT, UNIT));
        one.allocate(pod("a"), "");
        assertThat(Files.readString(file)).isEqualTo(text);
    }

    /// Whoever is given ids meanwhile could have those of the pod whose record is lost.
    @Test
    void whileItIsNotKnownWhatAPodHasNobodyIsGivenAnything() throws IOException {
        String other = "{\"uidMappings\":[{\"hostId\":65536,\"containerId\":0,\"length\":131072}],"
                + "\"gidMappings\":[{\"hostId\":65536,\"containerId\":0,\"length\":131072}]}";
        for (String damaged : List.of("", "{", "{}", "x".repeat(5000), other, other.replaceFirst("65536", "0"),
                other.replaceFirst("65536", "131072"), other.replace("131072", "4294967296"))) {
            Files.writeString(Files.createDirectories(pods.resolve("a")).resolve("userns"), damaged);
            UserNamespaces namespaces = begin(TWO);
            Obj b = pod("b");
            assertThatThrownBy(() -> namespaces.allocate(b, "")).as(damaged).isInstanceOf(ConfigError.class)
                    .hasMessageContaining("the record of pod a, ").hasMessageContaining("until that pod is deleted");
            Obj a = pod("a");
            assertThatThrownBy(() -> namespaces.allocate(a, "")).isInstanceOf(ConfigError.class);
            namespaces.release("a");
            assertThatCode(() -> namespaces.allocate(b, "")).doesNotThrowAnyException();
            Files.delete(pods.resolve("b/userns"));
        }
    }

    @Test
    void aRangeThatTwoPodsClaimIsFreeOnceBothAreGone() throws IOException {
        UserNamespaces before = begin(TWO);
        before.allocate(pod("a"), "");
        pod("b");
        Files.copy(pods.resolve("a/userns"), pods.resolve("b/userns"));
        UserNamespaces after = begin(TWO);
        Obj c = pod("c");
        assertThatThrownBy(() -> after.allocate(c, ""))
                .hasMessageContaining("range picked for pod \"b\" already taken");
        long taken = first(after, pod("a"));
        after.release("b");
        after.allocate(c, "");
        assertThat(first(after, c)).isNotEqualTo(taken);
    }

    @Test
    void aContainerWithoutItsRecordIsNotMadeWithTheHostsUsers() throws IOException {
        UserNamespaces namespaces = begin(TWO);
        Obj a = pod("a");
        assertThatThrownBy(() -> namespaces.container(a, Struct.EMPTY)).isInstanceOf(ConfigError.class)
                .hasMessageStartingWith("user namespace: pod a has no record in ");
        assertThatThrownBy(() -> namespaces.sandbox(a, Struct.EMPTY)).isInstanceOf(ConfigError.class);
    }

    @Test
    void whatCannotBeWrittenIsNotGiven() throws IOException {
        UserNamespaces namespaces = begin(new IdRange(UNIT, UNIT, UNIT));
        Obj absent = pod("a");
        Files.delete(pods.resolve("a"));
        assertThatThrownBy(() -> namespaces.allocate(absent, "")).isInstanceOf(IOException.class);
        assertThatCode(() -> namespaces.allocate(pod("b"), "")).doesNotThrowAnyException();
    }

    @Test
    void aRuntimeWithoutUserNamespacesIsSaidInUpstreamsWords() throws IOException {
        UserNamespaces namespaces = begin(TWO);
        Obj a = pod("a");
        assertThatThrownBy(() -> namespaces.allocate(a, "old")).isInstanceOf(ConfigError.class).hasMessage(
                "can't set `spec.hostUsers: false`, RuntimeClass handler \"old\" does not support user namespaces");
        assertThatThrownBy(() -> namespaces.allocate(a, "new")).hasMessage("can't set `spec.hostUsers: false`, "
                + "RuntimeClass handler \"new\" does not support user namespaces: the handler \"new\" is not known");
        handlers = List.of();
        assertThatThrownBy(() -> namespaces.allocate(a, "")).hasMessage("can't set `spec.hostUsers: false`, "
                + "runtime does not support user namespaces: the handler \"\" is not known");
        assertThat(pods.resolve("a/userns")).doesNotExist();
    }
}
