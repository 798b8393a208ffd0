package io.k3j.helmcontroller;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Struct;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReleaseRecordTest {
    private static String packed(byte[] json, boolean secret) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(json);
        }
        String once = Base64.getEncoder().encodeToString(out.toByteArray());
        return secret ? Base64.getEncoder().encodeToString(once.getBytes(StandardCharsets.US_ASCII)) : once;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInterruptedRevisionIsCalledFailedAndKeepsTheRest(boolean secret) throws IOException {
        byte[] json = Json.bytes(Struct.of("name", "web", "info",
                Struct.of("status", "pending-upgrade", "notes", "n"), "version", 3L));
        Struct failed = Json.object(ReleaseRecord.unpacked(ReleaseRecord.failed(packed(json, secret), secret), secret));
        assertThat(failed).isEqualTo(Struct.of("name", "web", "info", Struct.of("status", "failed", "notes", "n",
                "description", "the operation was interrupted"), "version", 3L));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aManifestIsMappedAndTheRestStays(boolean secret) throws IOException {
        Struct release = Struct.of("name", "web", "manifest", "---\napiVersion: batch/v1beta1\nkind: CronJob\n",
                "version", 3L);
        String mapped = ReleaseRecord.mapped(packed(Json.bytes(release), secret), secret);
        assertThat(Json.object(ReleaseRecord.unpacked(mapped, secret)))
                .isEqualTo(release.with("manifest", "---\napiVersion: batch/v1\nkind: CronJob\n"));
        assertThat(ReleaseRecord.mapped(mapped, secret)).isSameAs(mapped);
    }

    @Test
    void aRecordThatUnpacksToTooMuchIsLeftAlone() throws IOException {
        String bomb = packed(new byte[ReleaseRecord.MOST_BYTES + 1], true);
        assertThat(ReleaseRecord.failed(bomb, true)).isEqualTo(bomb);
        assertThat(ReleaseRecord.mapped(bomb, true)).isSameAs(bomb);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no base64!", "bm8gZ3ppcA=="})
    void aRecordThatIsDamagedIsLeftAlone(String damaged) throws IOException {
        assertThat(ReleaseRecord.mapped(damaged, false)).isSameAs(damaged);
        assertThat(ReleaseRecord.failed(damaged, false)).isSameAs(damaged);
        assertThat(ReleaseRecord.description(damaged, false)).isEmpty();
        String text = packed("no JSON".getBytes(StandardCharsets.UTF_8), false);
        assertThat(ReleaseRecord.mapped(text, false)).isSameAs(text);
    }
}
