package io.k3j.apirequests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.clientapi.ApiFault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ParamsTest {
    /// What was authorized by one reader is read by another one.
    @ParameterizedTest
    @CsvSource(delimiter = ' ', value = {
            "fieldSelector=metadata.name%3Dmine,metadata.namespace!%3D; "
                    + "fieldSelector=metadata.name%3Dmine%2Cmetadata.namespace%21%3D%3B",
            "a=1;b=2&c a=1%3Bb%3D2&c=", "b=2&a=1&b=%C3%A9&a=+%2b b=2&b=%C3%A9&a=1&a=+%2B", "&&a=1&=x& a=1&=x",
            "limit=5&watch=1 limit=5&watch=1", "a=%ff%00%0d a=%EF%BF%BD%00%0D"})
    void whatIsPassedOnSaysWhatWasRead(String came, String sent) {
        Params read = Params.parse(came);
        assertThat(read.encoded()).isEqualTo(sent);
        assertThat(Params.parse(sent).encoded()).isEqualTo(sent);
    }

    @Test
    void nothingStaysNothing() {
        assertThat(Params.parse("").encoded()).isEmpty();
        assertThat(Params.parse("&").encoded()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"%+9", "%-0", "%4", "%", "%zz", "%\uff14\uff11"})
    void anEscapeThatOthersDoNotTakeIsRefused(String escape) {
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> Params.parse("a=" + escape))
                .withMessage("invalid query: invalid URL escape \"" + escape + "\"")
                .satisfies(f -> assertThat(f.code()).isEqualTo(400));
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> RequestPath.of("/api/" + escape))
                .withMessage("invalid path: invalid URL escape \"" + escape + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"watch=false", "watch=FALSE", "watch=fAlse", "watch=0", "unwatch=1"})
    void aSwitchIsOffAsUpstreamSaysIt(String query) {
        assertThat(Params.parse(query).flag("watch")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"watch", "watch=", "watch=1", "watch=no"})
    void aSwitchIsOnOtherwise(String query) {
        assertThat(Params.parse(query).flag("watch")).isTrue();
    }
}
