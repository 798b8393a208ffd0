package io.k3j.signedjars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.testkitsigning.ChangedJar;
import io.k3j.testkitsigning.ForgedStamp;
import io.k3j.testkitsigning.TestCertificate;
import io.k3j.testkitsigning.TestSigner;
import io.k3j.testkitsigning.TimeStampServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Jars as `jarsigner` signs them, and as they come out of the hands of others.
class TrustedSignersTest {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";
    /// Of how many bytes one is changed.
    private static final int PACE = 5;
    private static final Instant NOW = InstantSource.system().instant();
    private static final TestSigner ACME = TestSigner.selfSigned("Acme");
    private static final TestSigner STRANGER = TestSigner.selfSigned("Stranger");
    private static final TestSigner ROOT = new TestCertificate("Root").authority().signedBy(null);

    @TempDir
    private Path dir;

    private Path jar() throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        entries.put(MANIFEST, "Manifest-Version: 1.0\nBundle-Activator: com.acme.Good\n\n");
        entries.put("com/acme/Good.class", "good");
        entries.put("com/acme/Evil.class", "evil");
        entries.put("com/acme/", "");
        return ChangedJar.write(dir.resolve("acme.jar"), entries);
    }

    private Signer verify(Path jar, String... pem) throws IOException, UntrustedJarException {
        Path file = Files.writeString(dir.resolve("trust.pem"), String.join("a comment\n", pem));
        return TrustedSigners.read(List.of(file), InstantSource.fixed(NOW)).verify(jar, Path.of("/plugins/acme.jar"));
    }

    private void refused(Path jar, String why, String... pem) {
        assertThatThrownBy(() -> verify(jar, pem)).isInstanceOf(UntrustedJarException.class)
                .hasMessageStartingWith("/plugins/acme.jar ").hasMessageContaining(why)
                .hasMessageContaining("--plugin-trust demands a signature by one of " + dir.resolve("trust.pem"));
    }

    @Test
    void aJarCountsWhenItsSignersCertificateIsNamed() throws Exception {
        Signer signer = verify(ACME.sign(jar()), STRANGER.pem(), ACME.pem());
        assertThat(signer.name()).isEqualTo("CN=Acme");
        assertThat(signer.fingerprint()).hasSize(64);
    }

    @Test
    void aJarCountsWhenItsSignersPublicKeyIsNamedWhateverItsCertificateSays() throws Exception {
        TestSigner expired = new TestCertificate("Old").valid(NOW.minus(Duration.ofDays(9)),
                NOW.minus(Duration.ofDays(2))).signedBy(null);
        assertThat(verify(expired.sign(jar()), expired.publicKeyPem()).name()).isEqualTo("CN=Old");
    }

    @Test
    void aJarCountsWhenAnAuthorityAboveItsSignerIsNamed() throws Exception {
        TestSigner middle = new TestCertificate("Middle").authority().signedBy(ROOT);
        TestSigner dev = new TestCertificate("Dev").forCode().signedBy(middle);
        assertThat(verify(dev.sign(jar()), ROOT.pem()).name()).isEqualTo("CN=Dev");
        assertThat(verify(dev.sign(jar()), middle.pem()).name()).isEqualTo("CN=Dev");
    }

    @Test
    void oneOfSeveralSignersIsEnough() throws Exception {
        Path jar = ACME.sign(STRANGER.sign(jar()));
        assertThat(verify(jar, ACME.pem()).name()).isEqualTo("CN=Acme");
        assertThat(verify(jar, STRANGER.pem()).name()).isEqualTo("CN=Stranger");
    }

    @Test
    void aJarThatNobodyHasSignedIsRefused() throws Exception {
        refused(jar(), "is not signed; to sign it: jarsigner", ACME.pem());
    }

    @Test
    void aJarOfAStrangerIsRefusedWithHowToTrustHim() throws Exception {
        refused(STRANGER.sign(jar()), "is signed by CN=Stranger", ACME.pem());
        refused(STRANGER.sign(jar()), "to trust the signer: keytool -printcert -rfc -jarfile /plugins/acme.jar |"
                + " sed /-END/q >> ", ACME.pem());
        refused(STRANGER.sign(jar()), "nobody who is named has signed its certificate", ROOT.pem(), ACME.pem());
    }

    @Test
    void whoGivesHimselfTheNameOfSomebodyIsAStranger() throws Exception {
        refused(TestSigner.selfSigned("Acme").sign(jar()), "nobody who is named", ACME.pem());
        TestSigner fake = new TestCertificate("Root").authority().signedBy(null);
        refused(new TestCertificate("Dev").signedBy(fake).sign(jar()), "do not lead to one that is named", ROOT.pem());
    }

    @Test
    void aChangedEntryIsRefused() throws Exception {
        refused(ChangedJar.put(ACME.sign(jar()), "com/acme/Good.class", "evil"), "was changed after it was signed",
                ACME.pem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"com/acme/More.class", "META-INF/services/com.acme.Service", "META-INF/more.txt",
            "META-INF/versions/25/com/acme/Good.class", "META-INF/SIG-MORE", "META-INF/more.sf", "com/acme/more/"})
    void anEntryThatWasAddedIsRefused(String name) throws Exception {
        refused(ChangedJar.put(ACME.sign(jar()), name, "evil"), "holds " + name + ", which is not signed", ACME.pem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"meta-inf/MANIFEST.MF", "META-INF/manifest.mf", "Meta-Inf/MORE.SF", "/com/acme/Good.class",
            "./com/acme/Good.class"})
    void aNameThatReadersTakeForAnotherOneIsRefused(String name) throws Exception {
        refused(ChangedJar.put(ACME.sign(jar()), name, "good"), "holds " + name + ", a name", ACME.pem());
    }

    @Test
    void anEntryThatIsThereTwiceIsRefused() throws Exception {
        refused(ChangedJar.twice(ACME.sign(jar()), "com/acme/Good.class", "com/acme/Evil.class"),
                "holds com/acme/Good.class twice", ACME.pem());
    }

    @Test
    void anEntryThatHasGoneIsRefused() throws Exception {
        refused(ChangedJar.change(ACME.sign(jar()), entries -> entries.remove("com/acme/Evil.class")),
                "lacks com/acme/Evil.class", ACME.pem());
    }

    @Test
    void anEntryThatHasGoneFromTheManifestAsWellIsRefused() throws Exception {
        refused(withoutEvil(ACME.sign(jar())), "was changed after it was signed", ACME.pem());
    }

    /// The JDK verifies the sections that are signed, and lets others be.
    @Test
    void aManifestWithMoreThanWasSignedIsRefused() throws Exception {
        refused(ChangedJar.change(ACME.sign(jar()), entries -> entries.compute(MANIFEST, (_, manifest) -> {
            String more = new String(manifest, StandardCharsets.UTF_8) + "Name: com/acme/\r\nSealed: false\r\n\r\n";
            return more.getBytes(StandardCharsets.UTF_8);
        })), "has a manifest that is not as META-INF/CNACME.SF has signed it", ACME.pem());
    }

    /// The JDK takes what the block holds, so that the signature file beside it may be anybody's.
    @Test
    void aBlockThatHoldsWhatItSignsIsRefused() throws Exception {
        refused(ChangedJar.attach(ACME.sign(jar()), "META-INF/CNACME.SF", "META-INF/CNACME.EC"),
                "META-INF/CNACME.EC, which is damaged or holds what it signs in itself", ACME.pem());
    }

    private static Path withoutEvil(Path jar) throws IOException {
        return ChangedJar.change(jar, entries -> {
            entries.remove("com/acme/Evil.class");
            String manifest = new String(entries.get(MANIFEST), StandardCharsets.UTF_8);
            int from = manifest.indexOf("Name: com/acme/Evil.class");
            int to = manifest.indexOf("\r\n\r\n", from) + 4;
            entries.put(MANIFEST, (manifest.substring(0, from) + manifest.substring(to))
                    .getBytes(StandardCharsets.UTF_8));
        });
    }

    @Test
    void aChangedHeaderOfTheManifestIsRefused() throws Exception {
        refused(ChangedJar.replace(ACME.sign(jar()), MANIFEST, "com.acme.Good", "com.acme.Evil"),
                "was changed after it was signed", ACME.pem());
    }

    @Test
    void weakAlgorithmsAreRefused() throws Exception {
        refused(ACME.sign(jar(), null, "SHA-1"), "sign it again", ACME.pem());
        TestSigner weak = new TestCertificate("Weak").key(TestSigner.freshKey("RSA", 768)).signedBy(null);
        refused(weak.sign(jar()), "algorithm that this Java refuses (jdk.jar.disabledAlgorithms)", weak.pem());
    }

    @Test
    void aSignatureThatIsDamagedIsNone() throws Exception {
        refused(ChangedJar.change(ACME.sign(jar()), entries -> {
            byte[] block = entries.get("META-INF/CNACME.EC");
            block[block.length - 3] ^= 1;
        }), "cannot verify signature block file", ACME.pem());
    }

    @Test
    void aCertificateThatHasExpiredIsRefusedUnlessItsTimeIsProven() throws Exception {
        TestSigner old = new TestCertificate("Old").valid(NOW.minus(Duration.ofDays(9)), NOW.minus(Duration.ofDays(2)))
                .signedBy(null);
        refused(old.sign(jar()), "the certificate of CN=Old has expired on ", old.pem());
        TestSigner stamping = new TestCertificate("Stamps").forTimeStamps().valid(NOW.minus(Duration.ofDays(9)),
                NOW.plus(Duration.ofDays(9))).signedBy(null);
        try (TimeStampServer server = TimeStampServer.open(stamping, NOW.minus(Duration.ofDays(5)))) {
            Path stamped = old.sign(jar(), server.uri(), "SHA-256");
            assertThat(verify(stamped, old.pem(), stamping.pem()).name()).isEqualTo("CN=Old");
            refused(stamped, "its time stamp does not count: nobody who is named", old.pem());
        }
        try (TimeStampServer late = TimeStampServer.open(stamping, NOW.minus(Duration.ofDays(1)))) {
            refused(old.sign(jar(), late.uri(), "SHA-256"), "has expired on ", old.pem(), stamping.pem());
        }
    }

    /// Else a key that got out when its certificate had expired would go on signing, and say that it was before.
    @Test
    void whoHasSignedCannotSayWhenAsWell() throws Exception {
        TestSigner old = new TestCertificate("Old").valid(NOW.minus(Duration.ofDays(9)), NOW.minus(Duration.ofDays(2)))
                .signedBy(null);
        Path stamped = ForgedStamp.add(old.sign(jar()), "META-INF/CNOLD.EC", old, NOW.minus(Duration.ofDays(5)));
        refused(stamped, "has expired on ", old.pem());
        refused(stamped, "its time stamp does not count: its certificate may not be used for time stamps", old.pem());
    }

    @Test
    void aNameDoesNotTurnTheMessageAround() throws Exception {
        refused(TestSigner.selfSigned("St\u202eranger").sign(jar()), "is signed by CN=St?ranger", ACME.pem());
    }

    @Test
    void whatIsSaidOfAStrangerTrustsHimAlone() throws Exception {
        TestSigner dev = new TestCertificate("Dev").forCode().signedBy(ROOT);
        Path jar = dev.sign(jar());
        AtomicReference<String> told = new AtomicReference<>("");
        assertThatThrownBy(() -> verify(jar, ACME.pem())).satisfies(e -> told.set(String.valueOf(e.getMessage())));
        String command = told.get().substring(told.get().indexOf("to trust the signer: ")).replace(
                "to trust the signer: keytool", System.getProperty("java.home") + "/bin/keytool")
                .replace("/plugins/acme.jar", jar.toString());
        assertThat(new ProcessBuilder("bash", "-ec", command).inheritIO().start().waitFor()).isZero();
        String trust = Files.readString(dir.resolve("trust.pem"));
        assertThat(verify(jar, trust).name()).isEqualTo("CN=Dev");
        refused(new TestCertificate("Else").forCode().signedBy(ROOT).sign(jar()), "nobody who is named", trust);
    }

    /// Of the block a few bytes are covered by nothing, and say nothing that is used.
    @ParameterizedTest
    @ValueSource(strings = {"META-INF/CNACME.EC", "META-INF/CNACME.SF", MANIFEST})
    void whereverASignatureIsChangedItIsRefusedAndBreaksNothing(String name) throws Exception {
        Path signed = ACME.sign(jar());
        byte[] all = Files.readAllBytes(signed);
        AtomicInteger length = new AtomicInteger(1);
        List<Integer> accepted = new ArrayList<>();
        for (int i = 0; i < length.get(); i += PACE) {
            int at = i;
            Path changed = ChangedJar.change(Files.write(signed, all), entries -> {
                byte[] content = entries.getOrDefault(name, new byte[0]);
                length.set(content.length);
                content[at] ^= (byte) (1 << at % Byte.SIZE);
            });
            try {
                verify(changed, ACME.pem());
                accepted.add(i);
            } catch (UntrustedJarException | IOException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        }
        assertThat(length.get()).isGreaterThan(100);
        assertThat(accepted).hasSizeLessThanOrEqualTo(name.endsWith(".EC") ? length.get() / PACE / 10 : 0);
    }

    @Test
    void aCertificateOfTheAuthorityForAnotherPurposeIsRefused() throws Exception {
        TestSigner web = new TestCertificate("Web").forServers().signedBy(ROOT);
        refused(web.sign(jar()), "may not be used for code", ROOT.pem());
    }

    @Test
    void aCertificateThatIsNoAuthoritysSignsNoOthers() throws Exception {
        TestSigner other = new TestCertificate("Other").signedBy(ACME);
        refused(other.sign(jar()), "nobody who is named", ACME.pem());
        refused(other.sign(jar()), "nobody who is named", ACME.pem(), ROOT.pem());
    }

    @Test
    void anAuthorityThatHasExpiredIsRefused() throws Exception {
        TestSigner old = new TestCertificate("Gone").authority().valid(NOW.minus(Duration.ofDays(9)),
                NOW.minus(Duration.ofDays(2))).signedBy(null);
        refused(new TestCertificate("Dev").signedBy(old).sign(jar()), "the certificate of CN=Gone has expired on ",
                old.pem());
    }

    @Test
    void aFileOfKeysThatIsUnusableIsRefusedWithItsLine() {
        unusable("", "holds neither a CERTIFICATE nor a PUBLIC KEY");
        unusable("comment\n" + ACME.privateKeyPem(), "trust.pem:2: a private key does not belong here");
        unusable(ACME.pem().substring(0, 200), "trust.pem:1: the CERTIFICATE has no end");
        unusable("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "the CERTIFICATE is damaged");
        unusable("-----BEGIN PUBLIC KEY-----\n!\n-----END PUBLIC KEY-----\n", "the PUBLIC KEY is damaged");
        unusable("-----BEGIN NOTE-----\n-----END NOTE-----\n", "NOTE is no kind that is known here");
    }

    private void unusable(String content, String why) {
        assertThatThrownBy(() -> TrustedSigners.read(
                List.of(Files.writeString(dir.resolve("trust.pem"), content)), InstantSource.system()))
                .isInstanceOf(IOException.class).hasMessageContaining(dir.resolve("trust.pem").toString())
                .hasMessageContaining(why);
    }
}
