package io.k3j.etcdsnapshots;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The examples of AWS' documentation, whose signatures it gives.
class S3SignatureTest {
    private static final S3Settings.Keys KEYS = new S3Settings.Keys("AKIAIOSFODNN7EXAMPLE",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "");
    private static final Instant THEN = Instant.parse("2013-05-24T00:00:00Z");
    private static final String HOST = "examplebucket.s3.amazonaws.com";

    private static String signature(S3Signature.Request request) {
        String text = new S3Signature(KEYS, "us-east-1").headers(request, THEN).get("authorization");
        return text.substring(text.indexOf("Signature=") + "Signature=".length());
    }

    @Test
    void anObjectIsFetchedAsDocumented() {
        assertThat(signature(new S3Signature.Request("GET", "/test.txt", Map.of(),
                Map.of("host", HOST, "range", "bytes=0-9"), S3Signature.NO_BODY)))
                .isEqualTo("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    }

    @Test
    void aBucketIsListedAsDocumented() {
        assertThat(signature(new S3Signature.Request("GET", "/", Map.of("max-keys", "2", "prefix", "J"),
                Map.of("host", HOST), S3Signature.NO_BODY)))
                .isEqualTo("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    @Test
    void pathsAreEncodedSegmentBySegment() {
        assertThat(S3Signature.encoded("a b/ü+~", true)).isEqualTo("a%20b/%C3%BC%2B~");
        assertThat(S3Signature.encoded("a/b", false)).isEqualTo("a%2Fb");
    }
}
