package io.k3j.encryptionproviders;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.componentapi.Health;
import io.k3j.encryption.UnreadableRow;
import io.k3j.testkitbase.Waiting;
import io.k3j.testkitkms.KmsAnswers;
import io.k3j.testkitkms.KmsAnswers.Fault;
import io.k3j.testkitkms.KmsPlugin;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Which key a row has, however often the plug-in is asked and whatever it answers; and how long that takes.
@Timeout(300)
class DataKeysTest {
    private static final String PLACE = "/registry/secrets/default/one";
    private static final byte[] PLAIN = "plaintext".getBytes(ISO_8859_1);
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    @TempDir
    private Path directory;
    private final AtomicLong nanos = new AtomicLong();
    private final EnvelopeMetrics metrics = new EnvelopeMetrics(InstantSource.system());
    private final List<AutoCloseable> made = new ArrayList<>();
    private KmsPlugin plugin;

    @BeforeEach
    void listen() throws IOException {
        plugin = new KmsPlugin(directory.resolve("kms.sock"));
    }

    @AfterEach
    void end() throws Exception {
        for (AutoCloseable each : made) {
            each.close();
        }
        plugin.close();
    }

    private KmsConfiguration configuration() {
        return new KmsConfiguration("vault", directory.resolve("kms.sock"), Duration.ofMinutes(1));
    }

    /// A row with a seed of its own.
    private EncryptedObject row() {
        KmsProvider writer = new KmsProvider(configuration(), new KmsProvider.Environment(metrics, Health.none(),
                KmsProvider.Timing.UPSTREAM, nanos::get, () -> {
                }));
        made.add(writer);
        assertThat(writer.check()).isEmpty();
        return EncryptedObject.read(writer.seal(PLACE, PLAIN));
    }

    private static EncryptedObject damaged(EncryptedObject row) {
        byte[] data = row.data().clone();
        data[data.length - 1] ^= 1;
        return row.with(data);
    }

    private DataKeys keys(DataKeys.Wait wait) {
        KmsService service = new KmsService(configuration(), metrics);
        made.add(service);
        return new DataKeys("vault", service, metrics, new DataKeys.Time(nanos::get, PATIENCE, wait));
    }

    private DataKeys keys() {
        return keys((answer, left) -> answer.get(1, TimeUnit.MINUTES));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private int decrypts() {
        return Collections.frequency(plugin.calls(), "Decrypt");
    }

    private static byte[] open(DataKeys keys, EncryptedObject row) {
        return keys.open(PLACE, row, row.keyDigest());
    }

    private static void unreadable(DataKeys keys, EncryptedObject row, boolean passing) {
        assertThatThrownBy(() -> open(keys, row)).isInstanceOfSatisfying(UnreadableRow.class, e -> {
            assertThat(e.passing()).isEqualTo(passing);
            assertThat(e.key()).isEqualTo(passing ? row.keyDigest() : "");
        });
    }

    private void unreadableUntil(DataKeys keys, EncryptedObject row, int decrypts) throws Exception {
        Waiting.until("so many calls", () -> {
            pass(SECOND);
            unreadable(keys, row, false);
            return decrypts() >= decrypts;
        });
    }

    @Test
    void aKeyThatHasOpenedARowStaysWhateverThePluginAnswers() {
        EncryptedObject row = row();
        DataKeys keys = keys();
        assertThat(open(keys, row)).isEqualTo(PLAIN);
        int asked = decrypts();
        plugin.answer(new KmsAnswers().with(Fault.FORGETS));
        for (int i = 0; i < 60; i++) {
            pass(SECOND);
            unreadable(keys, damaged(row), false);
        }
        assertThat(open(keys, row)).isEqualTo(PLAIN);
        assertThat(decrypts()).as("what a proven key does not open is damaged").isEqualTo(asked);
    }

    /// The key was the right one, though nothing but a damaged row had been there to tell.
    @Test
    void aKeyThatHasOpenedNothingYetIsNotLostByAnotherAnswer() throws Exception {
        EncryptedObject row = row();
        DataKeys keys = keys();
        unreadable(keys, damaged(row), false);
        int asked = decrypts();
        plugin.answer(new KmsAnswers().with(Fault.FORGETS));
        unreadableUntil(keys, damaged(row), asked + 1);
        pass(SECOND.multipliedBy(2));
        unreadableUntil(keys, damaged(row), asked + 2);
        assertThat(open(keys, row)).isEqualTo(PLAIN);
    }

    @Test
    void aWrongKeyIsReplacedByTheRightOne() throws Exception {
        EncryptedObject row = row();
        DataKeys keys = keys();
        plugin.answer(new KmsAnswers().with(Fault.FORGETS));
        unreadable(keys, row, false);
        int asked = decrypts();
        plugin.answer(new KmsAnswers());
        unreadableUntil(keys, damaged(row), asked + 1);
        Waiting.until("the answer is taken", () -> Arrays.equals(open(keys, row), PLAIN));
    }

    @Test
    void aDamagedRowIsAskedForOnceMoreAndThenEveryTenMinutes() throws Exception {
        EncryptedObject row = damaged(row());
        DataKeys keys = keys();
        unreadable(keys, row, false);
        int asked = decrypts();
        unreadableUntil(keys, row, asked + 1);
        for (int i = 0; i < 60; i++) {
            pass(SECOND);
            unreadable(keys, row, false);
        }
        assertThat(decrypts()).isEqualTo(asked + 1);
        pass(KeyAnswers.LONGEST);
        unreadableUntil(keys, row, asked + 2);
    }

    /// Lets the scripted clock stand for the plug-in's time.
    private KeyAnswers waited(CompletableFuture<KeyAnswers> answer, long left)
            throws InterruptedException, ExecutionException, TimeoutException {
        if (left > 0 && plugin.answers().fault() != Fault.HANGS) {
            return answer.get(1, TimeUnit.MINUTES);
        }
        pass(Duration.ofNanos(left));
        throw new TimeoutException();
    }

    @Test
    void aPluginThatHangsIsWaitedForOnceHoweverManyKeysThereAre() throws Exception {
        List<EncryptedObject> rows = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            rows.add(row());
        }
        DataKeys keys = keys(this::waited);
        plugin.answer(new KmsAnswers().with(Fault.HANGS));
        long begin = nanos.get();
        rows.subList(0, 10).forEach(row -> unreadable(keys, row, true));
        assertThat(Duration.ofNanos(nanos.get() - begin)).isEqualTo(PATIENCE);
        plugin.answer(new KmsAnswers());
        EncryptedObject next = rows.get(10);
        unreadable(keys, next, true);
        Waiting.until("the key came all the same", () -> Arrays.equals(open(keys, next), PLAIN));
        assertThat(open(keys, rows.get(11))).as("it is waited for again").isEqualTo(PLAIN);
    }

    @Test
    void keysThatCannotBeHadPushNoneOutThatIsKnown() throws Exception {
        EncryptedObject row = row();
        DataKeys real = keys((answer, left) -> {
            if (plugin.answers().fault() == Fault.NONE) {
                return answer.get(1, TimeUnit.MINUTES);
            }
            throw new TimeoutException();
        });
        assertThat(open(real, row)).isEqualTo(PLAIN);
        plugin.answer(new KmsAnswers().with(Fault.REFUSES));
        for (int i = 0; i <= DataKeys.MAX_KEYS; i++) {
            unreadable(real, EncryptedObject.ofSeed("key-1", ("source-" + i).getBytes(ISO_8859_1), new TreeMap<>())
                    .with(row.data()), true);
        }
        plugin.close();
        assertThat(open(real, row)).isEqualTo(PLAIN);
    }
}
