package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import org.junit.jupiter.api.Test;

/// What `k3s secrets-encrypt status` prints.
class SecretsEncryptTest {
    @Test
    void showsWhatK3sDocumentationShows() {
        assertThat(SecretsEncryptCommand.text(Struct.of("stage", "start", "activekey", "AES-CBC aescbckey", "enable",
                true, "hashmatch", true))).isEqualTo("""
                        Encryption Status: Enabled
                        Current Rotation Stage: start
                        Server Encryption Hashes: All hashes match

                        Active  Key Type  Name
                        ------  --------  ----
                         *      AES-CBC   aescbckey
                        """);
        assertThat(SecretsEncryptCommand.text(Struct.of("stage", "rotate", "activekey", "AES-CBC new", "enable", true,
                "hasherror", "hash does not match between node-1 and node-2", "inactivekeys",
                Seq.of("AES-CBC old"))))
                .contains("Server Encryption Hashes: hash does not match between node-1 and node-2",
                        " *      AES-CBC   new\n        AES-CBC   old\n");
        assertThat(SecretsEncryptCommand.text(Struct.of("stage", "", "activekey", "")))
                .isEqualTo("Encryption Status: Disabled, no configuration file found");
    }
}
