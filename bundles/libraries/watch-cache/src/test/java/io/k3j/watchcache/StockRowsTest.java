package io.k3j.watchcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Protobuf;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class StockRowsTest {
    private final Rows rows = new Rows(new Protobuf(new Schemas()), EncryptionAtRest.none());

    /// A kube-apiserver with the gate `CBORServingAndStorage` keeps custom resources so, and reads them whether it is
    /// on or not: texts are byte strings, sorted by their bytes.
    @Test
    void aCustomResourceThatLiesThereInCborIsRead() {
        byte[] row = HexFormat.of().parseHex("d9d9f7" + "a4" + "446b696e64" + "455468696e67" + "4473706563" + "a1"
                + "4473697a65" + "07" + "486d65746164617461" + "a1" + "446e616d65" + "436f6e65"
                + "4a61706956657273696f6e"
                + "4e6578616d706c652e636f6d2f7631");
        Item item = rows.item("/registry/example.com/things/a/one", row, 3, 5);
        assertThat(item.object().document()).isEqualTo(Struct.of("apiVersion", "example.com/v1", "kind", "Thing",
                "metadata", Struct.of("name", "one", "resourceVersion", "5"), "spec", Struct.of("size", 7L)));
    }

    @Test
    void aDamagedOneIsToldAsUnreadable() {
        byte[] row = HexFormat.of().parseHex("d9d9f7a1446b69");
        assertThat(rows.item("/registry/example.com/things/a/one", row, 3, 5)).isInstanceOf(Unreadable.class);
    }
}
