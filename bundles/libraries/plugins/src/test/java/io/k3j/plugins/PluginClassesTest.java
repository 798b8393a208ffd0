package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.osgi.framework.hooks.weaving.WeavingException;

class PluginClassesTest {
    private static final int UTF8 = 1;
    private static final int CLASS = 7;
    private static final int METHOD = 10;
    private static final int NAME_AND_TYPE = 12;
    private static final int METHOD_HANDLE = 15;
    private static final int DYNAMIC = 17;
    private static final int INVOKE_DYNAMIC = 18;
    private static final int INVOKE_STATIC = 6;

    /// A class whose dynamic constant is an argument of its own bootstrap method, which loads it where it is called.
    private static byte[] selfContaining() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeInt(0xCAFEBABE);
        out.writeShort(0);
        out.writeShort(69);
        out.writeShort(19);
        text(out, "com/acme/Itself"); // 1
        entry(out, CLASS, 1); // 2
        text(out, "java/lang/Object"); // 3
        entry(out, CLASS, 3); // 4
        text(out, "java/lang/System"); // 5
        entry(out, CLASS, 5); // 6
        text(out, "exit"); // 7
        text(out, "(I)V"); // 8
        entry(out, NAME_AND_TYPE, 7, 8); // 9
        entry(out, METHOD, 6, 9); // 10
        out.writeByte(METHOD_HANDLE); // 11
        out.writeByte(INVOKE_STATIC);
        out.writeShort(10);
        text(out, "Ljava/lang/Object;"); // 12
        entry(out, NAME_AND_TYPE, 7, 12); // 13
        entry(out, DYNAMIC, 0, 13); // 14, whose bootstrap method has 14 as argument
        text(out, "BootstrapMethods"); // 15
        text(out, "Code"); // 16
        text(out, "()V"); // 17
        entry(out, INVOKE_DYNAMIC, 0, 9); // 18
        method(out);
        return bytes.toByteArray();
    }

    /// One method, `static void exit() { invokedynamic exit }`, and its bootstrap method.
    private static void method(DataOutputStream out) throws IOException {
        out.writeShort(0x21);
        out.writeShort(2);
        out.writeShort(4);
        out.writeShort(0);
        out.writeShort(0);
        out.writeShort(1);
        out.writeShort(8);
        out.writeShort(7);
        out.writeShort(17);
        out.writeShort(1);
        out.writeShort(16);
        out.writeInt(12 + 7);
        out.writeShort(1);
        out.writeShort(1);
        out.writeInt(7);
        out.write(new byte[] {4, (byte) 186, 0, 18, 0, 0, (byte) 177});
        out.writeShort(0);
        out.writeShort(0);
        out.writeShort(1);
        out.writeShort(15);
        out.writeInt(8);
        out.writeShort(1);
        out.writeShort(11);
        out.writeShort(1);
        out.writeShort(14);
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        out.writeByte(UTF8);
        out.writeUTF(text);
    }

    private static void entry(DataOutputStream out, int tag, int... indices) throws IOException {
        out.writeByte(tag);
        for (int index : indices) {
            out.writeShort(index);
        }
    }

    @Test
    void aClassThatBreaksWhoLooksThroughItIsNotLoadedAndTheNextOneIsLookedThrough() throws IOException {
        byte[] bytes = selfContaining();
        assertThatThrownBy(() -> PluginClasses.woven("com.acme.Itself", bytes)).isInstanceOf(WeavingException.class)
                .hasMessageContaining("com.acme.Itself is not loaded");
    }

    @Test
    void oneThatIsCutIsNotLoaded() {
        assertThatThrownBy(() -> PluginClasses.woven("com.acme.Cut", new byte[] {1, 2, 3}))
                .isInstanceOf(WeavingException.class);
    }
}
