package io.k3j.encryptionproviders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/// Flags, in upstream's words.
class EncryptionOptionsTest {
    private static final String FILE = "encryption-provider-config=/x.yaml";
    private static final String RELOAD = "encryption-provider-config-automatic-reload";

    @Test
    void aFileIsReloadedOnRequest() {
        assertThat(EncryptionOptions.of(false, "anonymous-auth=false").configured()).isFalse();
        assertThat(EncryptionOptions.of(false, FILE)).isEqualTo(new EncryptionOptions("/x.yaml", false));
        assertThat(EncryptionOptions.of(false, FILE, RELOAD).reload()).isTrue();
        assertThat(EncryptionOptions.of(false, FILE, RELOAD + "=T").reload()).isTrue();
        assertThat(EncryptionOptions.of(false, FILE, RELOAD + "=false").reload()).isFalse();
    }

    @Test
    void besideSecretsEncryptionItIsReloadedUnlessRefused() {
        assertThat(EncryptionOptions.of(true, FILE).reload()).isTrue();
        assertThat(EncryptionOptions.of(true, FILE, RELOAD + "=0").reload()).isFalse();
        assertThat(EncryptionOptions.of(true).configured()).isFalse();
    }

    @Test
    void wrongFlagsAreRefused() {
        assertThatThrownBy(() -> EncryptionOptions.of(false, RELOAD + "=true")).hasMessageContaining(
                "--encryption-provider-config-automatic-reload must be set with --encryption-provider-config");
        assertThatThrownBy(() -> EncryptionOptions.of(false, FILE, RELOAD + "=yes")).hasMessageContaining(
                "invalid argument \"yes\" for \"--encryption-provider-config-automatic-reload\" flag");
    }
}
