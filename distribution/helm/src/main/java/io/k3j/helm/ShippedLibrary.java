package io.k3j.helm;

import com.marcnuri.helm.jni.HelmLib;
import com.marcnuri.helm.jni.NativeLibrary;
import com.sun.jna.Native;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Loads Helm from where it lies in the distribution. The binding's own way unpacks 98 MB into a temporary directory
/// for each process, which has to be one that programs can be run from.
public final class ShippedLibrary implements NativeLibrary {
    /// Made by the service loader.
    public ShippedLibrary() {
        // nothing is loaded before it is used
    }

    @Override
    public String getBinaryName() {
        return "helm.so";
    }

    /// The library.
    ///
    /// @throws IllegalStateException when there is none for this machine
    @Override
    public HelmLib load() {
        Path file = Path.of(Objects.requireNonNull(System.getProperty("jna.boot.library.path")), getBinaryName());
        if (!Files.exists(file)) {
            throw new IllegalStateException("there is no Helm for machines of this kind (" + file + " is missing)");
        }
        return Native.load(file.toString(), HelmLib.class);
    }
}
