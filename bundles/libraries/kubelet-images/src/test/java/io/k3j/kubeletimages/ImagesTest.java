package io.k3j.kubeletimages;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.kuberuntime.ReferencedObjects;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.nodeapi.ContainerRuntime;
import io.k3j.nodeapi.Image;
import io.k3j.nodeapi.ImageStore;
import io.k3j.nodeapi.RuntimeFault;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ImagesTest {
    private static final String IMAGE = "registry.example/web:1";
    private final FakeApi api = FakeApi.stepped(new ManualClock());
    private final Registry registry = new Registry();
    private final ContainerRuntime runtime = (ContainerRuntime) Proxy.newProxyInstance(
            ContainerRuntime.class.getClassLoader(), new Class<?>[] {ContainerRuntime.class}, (p, m, a) -> registry);
    private final Images images = new Images(runtime, new ReferencedObjects(api),
            new CredentialProviders(Path.of("/absent"), Path.of("/absent"), new ManualClock()), new ManualClock(),
            Images.PARALLEL);
    private final Semaphore woken = new Semaphore(0);

    /// A registry that accepts one user only.
    private static final class Registry implements ImageStore {
        final List<Struct> tried = new ArrayList<>();
        CountDownLatch open = new CountDownLatch(0);
        private volatile boolean opened;
        private volatile boolean blind;

        @Override
        public Optional<Image> find(String name) {
            if (blind) {
                throw new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE, "no answer");
            }
            return opened ? Optional.of(new Image(name, List.of(), List.of(), 1, OptionalLong.empty(), "", false))
                    : Optional.empty();
        }

        @Override
        public List<Image> list() {
            return List.of();
        }

        @Override
        public String pull(String name, Struct auth) {
            tried.add(auth);
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            if (auth.text("password").equals("right")) {
                opened = true;
                return name;
            }
            throw new RuntimeFault(RuntimeFault.Kind.UNAVAILABLE,
                    "pull access denied to <" + auth.text("username") + ">");
        }

        @Override
        public void remove(String name) {
            // no images are stored
        }

        @Override
        public Disk disk() {
            return new Disk("/", 0);
        }
    }

    @Test
    void anUnreadablePullSecretIsReportedOnThePod() throws Exception {
        secret("broken", "{\"auths\": {\"registry.example\": {\"auth\": \"not base64!\"}}}");
        secret("torn", "{\"auths\": {\"hunter2");
        Images.Outcome outcome = pulled("broken", "torn", "absent");
        assertThat(outcome).isInstanceOfSatisfying(Images.Outcome.Missing.class, m -> {
            assertThat(m.reason()).isEqualTo("ErrImagePull");
            assertThat(m.message())
                    .contains("pull access denied", "image pull secret \"broken\" has for registry.example",
                            "image pull secret \"torn\"", "secret \"absent\" not found")
                    .doesNotContain("hunter2");
        });
        assertThat(registry.tried).containsExactly(Struct.EMPTY);
    }

    @Test
    void otherPullSecretsAreStillTriedAndWrappedLinesAccepted() throws Exception {
        secret("broken", "{\"auths\": {\"registry.example\": {\"auth\": \"bm9jb2xvbg==\"}}}");
        secret("wrapped", "{\"auths\": {\"registry.example\": {\"auth\": \"dXNl\\ncjpyaWdo\\ndA==\\n\"}}}");
        assertThat(pulled("broken", "wrapped")).isInstanceOf(Images.Outcome.Here.class);
        assertThat(registry.tried).containsExactly(Struct.of("username", "user", "password", "right"));
    }

    @Test
    void whatWasSaidToThePodsOwnLoginIsTold() throws Exception {
        secret("wrong", "{\"auths\": {\"registry.example\": {\"username\": \"me\", \"password\": \"nope\"}}}");
        assertThat(pulled("wrong")).isInstanceOfSatisfying(Images.Outcome.Missing.class, m -> assertThat(m.message())
                .contains("pull access denied to <me>").doesNotContain("<>"));
    }

    @Test
    void theOldFormAndOtherPathsAreReadToo() throws Exception {
        data("old", ".dockercfg", "{\"https://registry.example/v1/\": {\"auth\": \"dXNlcjpyaWdodA==\"}}");
        secret("paths", "{\"auths\": {\"registry.example/other\": {\"auth\": \"YTpi\"}, \"*.example/web\": {\"auth\": "
                + "\"YTpi\"}}}");
        assertThat(pulled("paths", "old")).isInstanceOf(Images.Outcome.Here.class);
        assertThat(registry.tried).containsExactly(Struct.of("username", "a", "password", "b"),
                Struct.of("username", "user", "password", "right"));
    }

    @Test
    void pullResultsOfADeletedPodAreDropped() throws Exception {
        registry.open = new CountDownLatch(1);
        assertThat(images.ensure(pod(), container(), woken::release)).isEqualTo(new Images.Outcome.Fetching(true));
        images.forget("u");
        registry.open.countDown();
        assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        assertThat(images.ensure(pod(), container(), woken::release)).isEqualTo(new Images.Outcome.Fetching(true));
    }

    @Test
    void aPullThatIsTooManyWaitsUntilThereIsRoom() throws Exception {
        ManualClock clock = new ManualClock();
        Images paced = new Images(runtime, new ReferencedObjects(api),
                new CredentialProviders(Path.of("/absent"), Path.of("/absent"), clock), clock, Images.PARALLEL,
                new RateLimit(1, 1, clock), Optional.empty());
        assertThat(paced.ensure(pod(), container(), woken::release)).isEqualTo(new Images.Outcome.Fetching(true));
        assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        Struct other = container().with("image", "registry.example/other:1");
        assertThat(paced.ensure(pod(), other, woken::release)).isEqualTo(new Images.Outcome.Missing("ErrImagePull",
                "pull QPS exceeded", clock.instant().plusSeconds(1)));
        Obj last = pod().with("last", "metadata", "uid");
        Images.Outcome.Missing afterIt = new Images.Outcome.Missing("ErrImagePull", "pull QPS exceeded",
                clock.instant().plusSeconds(2));
        assertThat(paced.ensure(last, other, woken::release)).as("the next in turn").isEqualTo(afterIt);
        paced.forget("last");
        assertThat(paced.ensure(last, other, woken::release)).as("no turn is lost").isEqualTo(afterIt);
        assertThat(paced.ensure(pod(), other, woken::release)).as("asked too early")
                .isEqualTo(new Images.Outcome.Missing("ImagePullBackOff", "Back-off pulling image \"registry.example/"
                        + "other:1\": ErrImagePull: pull QPS exceeded", clock.instant().plusSeconds(1)));
        clock.advance(Duration.ofSeconds(1));
        assertThat(paced.ensure(pod(), other, woken::release)).isEqualTo(new Images.Outcome.Fetching(true));
        assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    }

    private Images careful(Path root) throws IOException {
        secret("good", "{\"auths\": {\"registry.example\": {\"username\": \"user\", \"password\": \"right\"}}}");
        return new Images(runtime, new ReferencedObjects(api),
                new CredentialProviders(Path.of("/absent"), Path.of("/absent"), new ManualClock()), new ManualClock(),
                Images.PARALLEL, RateLimit.NONE, Optional.of(new PulledImages(root,
                        ImageVerification.of("", List.of()), new ManualClock())));
    }

    @Test
    void aPodHasItsImageAgainWhileItsSecretsCannotBeRead(@TempDir Path root) throws Exception {
        Images careful = careful(root);
        careful.ensure(pod("good"), container(), woken::release);
        assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        assertThat(careful.ensure(pod("good"), container(), woken::release)).isInstanceOf(Images.Outcome.Here.class);
        api.vanish(ReferencedObjects.SECRETS, new Key("default", "good"));
        assertThat(careful.ensure(pod("good"), container(), woken::release)).isInstanceOf(Images.Outcome.Here.class);
        careful.forget("u");
        assertThat(careful.ensure(pod("good"), container(), woken::release)).as("another one of its name")
                .isEqualTo(new Images.Outcome.Fetching(true));
        assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anImageThatHasComeAndCannotBeNotedIsNotEverybodys(@TempDir Path root) throws Exception {
        Images careful = careful(root);
        registry.open = new CountDownLatch(1);
        careful.ensure(pod("good"), container(), woken::release);
        registry.blind = true;
        registry.open.countDown();
        assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        registry.blind = false;
        Obj other = pod().with("other", "metadata", "uid");
        assertThat(careful.ensure(other, container().with("imagePullPolicy", "Never"), woken::release))
                .isInstanceOf(Images.Outcome.Missing.class);
    }

    @Test
    void anotherPodsPrivateImageIsPulledAgainWithItsOwnCredentials(@TempDir Path root) throws Exception {
        Images careful = careful(root);
        assertThat(careful.ensure(pod("good"), container(), woken::release))
                .isEqualTo(new Images.Outcome.Fetching(true));
        assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        assertThat(careful.ensure(pod("good"), container(), woken::release)).isInstanceOf(Images.Outcome.Here.class);
        assertThat(careful.ensure(pod("good"), container(), woken::release)).as("once more")
                .isInstanceOf(Images.Outcome.Here.class);
        Obj other = pod().with("other", "metadata", "uid");
        assertThat(careful.ensure(other, container().with("imagePullPolicy", "Never"), woken::release))
                .isInstanceOfSatisfying(Images.Outcome.Missing.class,
                        m -> assertThat(m.reason()).isEqualTo("ErrImageNeverPull"));
        assertThat(careful.ensure(other, container(), woken::release)).isEqualTo(new Images.Outcome.Fetching(true));
        assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        assertThat(careful.ensure(other, container(), woken::release)).isInstanceOfSatisfying(
                Images.Outcome.Missing.class, m -> assertThat(m.reason()).isEqualTo("ErrImagePull"));
    }

    private Images.Outcome pulled(String... secrets) throws InterruptedException {
        assertThat(images.ensure(pod(secrets), container(), woken::release))
                .isEqualTo(new Images.Outcome.Fetching(true));
        assertThat(woken.tryAcquire(60, TimeUnit.SECONDS)).isTrue();
        return images.ensure(pod(secrets), container(), woken::release);
    }

    private void secret(String name, String json) {
        data(name, ".dockerconfigjson", json);
    }

    private void data(String name, String key, String json) {
        api.seed(ReferencedObjects.SECRETS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", name, "namespace", "default"), "data", Struct.of(key,
                        Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8))))));
    }

    private static Obj pod(String... secrets) {
        return Obj.of(Struct.of("metadata", Struct.of("name", "p", "namespace", "default", "uid", "u"), "spec",
                Struct.of("imagePullSecrets",
                        Seq.copyOf(List.of(secrets).stream().map(n -> Struct.of("name", n)).toList()))));
    }

    private static Struct container() {
        return Struct.of("name", "c", "image", IMAGE, "imagePullPolicy", "IfNotPresent");
    }
}
