package io.k3j.embeddedregistry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlobRangeTest {
    @ParameterizedTest
    @CsvSource({"bytes=0-,0,10,bytes 0-9/10", "bytes=3-,3,7,bytes 3-9/10", "bytes=3-5,3,3,bytes 3-5/10",
            "bytes=3-99,3,7,bytes 3-9/10", "bytes=9-9,9,1,bytes 9-9/10", "bytes=10-,10,0,bytes */10",
            "bytes=5-2,5,0,bytes */10"})
    void aPartOfTenBytes(String header, long from, long length, String told) {
        assertThat(BlobRange.of(Optional.of(header), 10)).contains(new BlobRange(from, length));
        assertThat(new BlobRange(from, length).header(10)).isEqualTo(told);
    }

    @ParameterizedTest
    @CsvSource({"bytes=-5", "bytes=", "bytes=a-", "bytes=0-1;2-3", "lines=0-1", "bytes=99999999999999999999-",
            "bytes=0-x", "bytes=0"})
    void whatIsNoSimpleRangeMeansTheWhole(String header) {
        assertThat(BlobRange.of(Optional.of(header), 10)).isEmpty();
    }
}
