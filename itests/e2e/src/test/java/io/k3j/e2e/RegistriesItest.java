package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testkitregistry.TestImage;
import io.k3j.testkitregistry.TestRegistry;
import io.k3j.testkitregistry.TestRegistry.Login;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Pods whose images come from registries with TLS and logins, as `docs/registries.md` says; nothing is started again.
@NeedsMachine
class RegistriesItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Path PAGE = Path.of("../../docs/registries.md");
    private static final String CONFIG = "registries.yaml";
    private static Machine machine;
    private static Server server;
    private static TestRegistry registry;
    private static TestImage busybox;
    private static String containerd;

    @BeforeAll
    static void start() throws Exception {
        machine = Machine.on();
        registry = TestRegistry.tls(machine.address().replaceFirst("[0-9]+$", "1"));
        busybox = TestImage.of(K3sProcess.distribution().resolve("images/busybox.tar"));
        write("registry-ca.pem", registry.authority());
        server = Server.start(machine, "--airgap-extra-registry=extra.example:5000",
                "--system-default-registry=system.example", "--disable-default-registry-endpoint").ready();
        containerd = pid();
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
        if (machine != null) {
            machine.close();
        }
    }

    @BeforeEach
    void open() throws IOException, InterruptedException {
        registry.secured(Login.NONE, "", "").forget();
        configure("");
    }

    private static String pid() throws IOException, InterruptedException {
        return machine.run(LIMIT, "cut -d' ' -f1 /var/lib/rancher/k3s/agent/containerd/process").text().strip();
    }

    /// Into `/etc/rancher/k3s`, from the inside.
    private static void write(String name, String text) throws IOException, InterruptedException {
        Path file = Files.writeString(machine.dir().resolve(name), text);
        Outcome outcome = machine.run(LIMIT, "mkdir -p /etc/rancher/k3s && cp " + file + " /etc/rancher/k3s/");
        assertThat(outcome.code()).as(outcome.text()).isZero();
    }

    private static void configure(String yaml) throws IOException, InterruptedException {
        write(CONFIG, yaml.replace("REGISTRY", registry.address()).replace("CA",
                "/etc/rancher/k3s/registry-ca.pem"));
    }

    /// An image that nobody has yet, under this name in the registry.
    private static void push(String repository) {
        registry.push(repository, "1", busybox.with(repository.getBytes(StandardCharsets.UTF_8)));
    }

    private static void apply(String... objects) throws IOException, InterruptedException {
        Path file = Files.writeString(machine.dir().resolve("objects.json"),
                "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[" + String.join(",", objects) + "]}");
        Outcome outcome = server.k3s("kubectl apply -f " + file);
        assertThat(outcome.code()).as(outcome.text()).isZero();
    }

    /// @param more fields of its spec, each with a comma behind
    private static String pod(String name, String image, String more) {
        return """
                {"apiVersion":"v1","kind":"Pod","metadata":{"namespace":"default","name":"%s"},"spec":{%s\
                "terminationGracePeriodSeconds":0,"containers":[{"name":"a","image":"%s",\
                "command":["sleep","3600"]}]}}"""
                .formatted(name, more, image);
    }

    private static void run(String name, String image) throws IOException, InterruptedException {
        apply(pod(name, image, ""));
    }

    private static void running(String... names) throws IOException, InterruptedException {
        Outcome outcome = machine.run(LIMIT.multipliedBy(3), "KUBECONFIG=" + Server.KUBECONFIG + " " + Server.command()
                + " kubectl wait --for=condition=Ready --timeout=240s pod/" + String.join(" pod/", names));
        assertThat(outcome.code()).as(() -> outcome.text() + events(names[names.length - 1]) + "\n" + registry.asked())
                .isZero();
        assertThat(pid()).as("containerd goes on").isEqualTo(containerd);
    }

    private static String events(String pod) {
        try {
            return server.k3s("kubectl get events --field-selector involvedObject.name=" + pod
                    + " -o jsonpath={.items[*].message}").text();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String told(String pod, String text) throws IOException, InterruptedException {
        Waiting.until("event with " + text, LIMIT, () -> events(pod).contains(text), () -> events(pod));
        return events(pod);
    }

    @Test
    void aWrongPasswordIsAnEventAndACorrectedOneCounts() throws Exception {
        String name = "login";
        push("team/" + name);
        registry.secured(Login.TOKEN, "me", "secret");
        String yaml = """
                mirrors: {"any.example": {endpoint: ["https://REGISTRY"]}}
                configs: {"REGISTRY": {auth: {username: me, password: %s}, tls: {ca_file: CA}}}
                """;
        configure(yaml.formatted("hunter2"));
        run(name, "any.example/team/" + name + ":1");
        assertThat(told(name, "user \"me\"")).contains("https://" + registry.address(), "401")
                .doesNotContain("hunter2");
        configure(yaml.formatted("secret"));
        run("corrected", "any.example/team/" + name + ":1");
        running("corrected");
        assertThat(registry.asked()).anyMatch(a -> a.contains("/blobs/") && a.contains("?ns=any.example as me"));
        assertThat(machine.run(LIMIT, "grep -rl -e hunter2 -e 'password' /var/lib/rancher/k3s/agent/etc").text())
                .isEmpty();
    }

    @Test
    void aWrongAuthorityIsAnEventAndTheAsteriskStandsForAllOthers() throws Exception {
        push("team/star");
        configure("mirrors: {'*': {endpoint: ['https://REGISTRY']}}");
        run("no-star", "quay.example/team/star:1");
        told("no-star", "certificate signed by unknown authority");
        configure("mirrors: {'*': {endpoint: ['https://REGISTRY']}}\nconfigs: {REGISTRY: {tls: {ca_file: CA}}}");
        run("star", "quay.example/team/star:1");
        running("star");
    }

    @Test
    void aNameIsRewrittenForAMirror() throws Exception {
        push("mirror/hub/rewritten");
        configure("""
                mirrors:
                  docker.io:
                    endpoint: ["https://127.0.0.1:1", "https://REGISTRY"]
                    rewrite: {"^team/(.*)": "mirror/hub/$1"}
                configs: {"REGISTRY": {tls: {ca_file: CA}}}
                """);
        run("rewritten", "team/rewritten:1");
        running("rewritten");
        assertThat(registry.asked()).contains("HEAD /v2/mirror/hub/rewritten/manifests/1?ns=docker.io");
        assertThat(server.k3s("ctr images ls -q").text()).contains("docker.io/team/rewritten:1")
                .doesNotContain("mirror/hub");
    }

    @ParameterizedTest
    @EnumSource(value = Login.class, names = {"BASIC", "TOKEN"})
    void aPodBringsItsOwnSecret(Login how) throws Exception {
        String name = "secret-" + how.name().toLowerCase(Locale.ROOT);
        push("team/" + name);
        push("moved/" + name);
        registry.secured(how, "me", "secret");
        configure("""
                mirrors: {"any.example": {endpoint: ["https://REGISTRY"], rewrite: {"^team/": "moved/"}}}
                configs: {"REGISTRY": {tls: {ca_file: CA}}}
                """);
        String moved = name + "-moved";
        apply(secret(name, registry.address()), secret(moved, "any.example"),
                pod(name, registry.address() + "/team/" + name + ":1", pullSecret(name)),
                pod(moved, "any.example/team/" + name + ":1", pullSecret(moved)));
        running(name, moved);
    }

    private static String pullSecret(String name) {
        return "\"imagePullSecrets\":[{\"name\":\"" + name + "\"}],";
    }

    private static String secret(String name, String host) {
        return """
                {"apiVersion":"v1","kind":"Secret","metadata":{"namespace":"default","name":"%s"},\
                "type":"kubernetes.io/dockerconfigjson","stringData":{".dockerconfigjson":\
                "{\\"auths\\":{\\"%s\\":{\\"username\\":\\"me\\",\\"password\\":\\"secret\\"}}}"}}"""
                .formatted(name, host);
    }

    @Test
    void aProgramOfTheNodeGivesCredentials() throws Exception {
        push("team/provided");
        registry.secured(Login.BASIC, "me", "secret");
        configure("configs: {REGISTRY: {tls: {ca_file: CA}}}");
        Path home = Files.createDirectories(machine.dir().resolve("rancher/credentialprovider/bin")).getParent();
        Path program = Files.writeString(home.resolve("bin/tell"), "#!/bin/sh\necho hunter2 >&2; exit 7\n");
        assertThat(program.toFile().setExecutable(true, false)).isTrue();
        Files.writeString(home.resolve("config.yaml"), """
                apiVersion: kubelet.config.k8s.io/v1
                kind: CredentialProviderConfig
                providers:
                - name: tell
                  apiVersion: credentialprovider.kubelet.k8s.io/v1
                  matchImages: ["%s"]
                  defaultCacheDuration: 1m
                """.formatted(registry.address()));
        run("unprovided", registry.address() + "/team/provided:1");
        assertThat(told("unprovided", "image credential provider \"tell\": exit code 7")).doesNotContain("hunter2");
        Files.writeString(program, """
                #!/bin/sh
                grep -q '"image":"%s/team/provided"' || exit 1
                echo '{"apiVersion":"credentialprovider.kubelet.k8s.io/v1","kind":"CredentialProviderResponse",\
                "cacheKeyType":"Registry","auth":{"%1$s":{"username":"me","password":"secret"}}}'
                """.formatted(registry.address()));
        run("provided", registry.address() + "/team/provided:1");
        running("provided");
    }

    @Test
    void importedImagesAreOfFurtherRegistriesToo() throws Exception {
        apply(pod("extra", "extra.example:5000/busybox:1", ""), pod("system", "system.example/busybox:1", ""));
        running("extra", "system");
        // pods of other tests go on trying
        assertThat(registry.asked()).noneMatch(a -> a.contains("/busybox/"));
    }

    @Test
    void aDamagedFileChangesNothingAndIsTold() throws Exception {
        push("team/damaged");
        configure("mirrors: {kept.example: {endpoint: ['https://REGISTRY']}}\n"
                + "configs: {REGISTRY: {tls: {ca_file: CA}}}");
        Waiting.until("mirror", LIMIT, () -> Files.exists(
                machine.dir().resolve("rancher/k3s/agent/etc/containerd/certs.d/kept.example/hosts.toml")), () -> "");
        write(CONFIG, "mirrors: [");
        server.await("report", "bundle ls", "registries.yaml");
        run("damaged", "kept.example/team/damaged:1");
        running("damaged");
    }

    @Test
    void theCommandsOfThePageSucceed() throws IOException, InterruptedException {
        configure("mirrors: {docker.io: {endpoint: ['https://REGISTRY']}}");
        String yaml = Files.readString(PAGE).split("```yaml")[1].split("```")[0];
        write(CONFIG, yaml);
        Waiting.until("mirror", LIMIT, () -> Files.exists(
                machine.dir().resolve("rancher/k3s/agent/etc/containerd/certs.d/quay.io/hosts.toml")), server::story);
        List<String> commands = Files.readString(PAGE).split("```sh")[1].split("```")[0].lines()
                .filter(line -> !line.isBlank()).toList();
        assertThat(commands).hasSizeGreaterThan(3);
        for (String command : commands) {
            Outcome outcome = machine.run(LIMIT, "KUBECONFIG=" + Server.KUBECONFIG + " PATH=$PATH:"
                    + K3sProcess.distribution().resolve("bin") + "; export K3S_JAVA="
                    + io.k3j.testkitprocess.Launch.jdk("java") + " KUBECONFIG PATH; " + command);
            assertThat(outcome.code()).as(command + "\n" + outcome.text()).isZero();
        }
    }
}
