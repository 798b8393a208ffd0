package io.k3j.objectregistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContinueTest {
    @Test
    void isWhatTheClientBringsBack() {
        Continue from = new Continue(42, "a/b");
        assertThat(Continue.parse(from.token())).isEqualTo(from);
    }

    @Test
    void goesOnWithoutConsistencyWhenItsRevisionIsGone() {
        Continue on = Continue.parse(new Continue(42, "a/b").expired().token());
        assertThat(on.revision()).isEqualTo(-1);
        assertThat(on.start()).isEqualTo("a/b");
        assertThat(new Continue(42, "a").expired().status().whole("code", 0)).isEqualTo(410);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{", "{}", "{\"v\":\"meta.k8s.io/v1\",\"rv\":1}", "{\"v\":\"other\",\"rv\":1,\"start\":\"a\"}",
                    "{\"v\":\"meta.k8s.io/v1\",\"start\":\"a\"}"})
    void refusesAnythingElse(String json) {
        String token = Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> Continue.parse(token)).isInstanceOfSatisfying(ApiFault.class,
                fault -> assertThat(fault.code() + " " + fault.getMessage())
                        .startsWith("400 invalid continue token: continue key is not valid: "));
        assertThatThrownBy(() -> Continue.parse("?")).isInstanceOf(ApiFault.class);
    }
}
