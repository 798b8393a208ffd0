package io.k3j.etcdsnapshots;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// What an S3 server answers is read or refused, and no document type or entity of it.
public class S3ListingFuzzTest {
    /// A build makes fewer of these, which cost more than others.
    private static final int FEWER = 300;

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> new S3Listing().add(input), IOException.class);
        Fuzzing.parse(() -> S3Listing.error(input));
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(S3ListingFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                "<?xml version=\"1.0\"?><ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>a/b&amp;c</Key>"
                        + "<LastModified>2026-11-28T18:00:00.000Z</LastModified><Size>5</Size></Contents>"
                        + "<NextContinuationToken>t</NextContinuationToken></ListBucketResult>",
                "<Error><Code>NoSuchBucket</Code><Message>The <![CDATA[bucket]]> is not there</Message></Error>",
                "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;<!-- d --></a>", "<!DOCTYPE a [<!ENTIT\b\">]><a/>"), FEWER);
    }
}
