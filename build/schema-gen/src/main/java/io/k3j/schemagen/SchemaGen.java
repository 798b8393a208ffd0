package io.k3j.schemagen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// `SchemaGen FILE` writes the built-in schema to a file.
public final class SchemaGen {
    private SchemaGen() {
    }

    /// @throws IOException when the file cannot be written
    public static void main(String[] args) throws IOException {
        Map<String, Definition> all = new Definitions().all();
        byte[] bytes = BinWriter.bytes(all);
        Path file = Path.of(args[0]);
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, bytes);
        System.out.println(all.size() + " definitions, " + bytes.length + " bytes: " + file.getFileName());
    }
}
