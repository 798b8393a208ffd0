package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.DynamicConstantDesc;
import java.lang.constant.MethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

class ExitWeaverTest {
    /// What a plug-in may hold, one way after the other.
    public static final class Ending implements IntConsumer {
        /// Made by the test.
        public Ending() {
            // nothing to prepare
        }

        @Override
        public void accept(int way) {
            IntConsumer end = switch (way) {
                case 0 -> System::exit;
                case 1 -> Runtime.getRuntime()::exit;
                default -> other(way, way > 4);
            };
            end.accept(way);
        }

        /// With branches, handlers and locals of several types, so that there are frames to keep.
        private static IntConsumer other(int way, boolean none) {
            String said = "";
            for (long i = 0; i < way && !none; i++) {
                try {
                    said += i;
                    if (way == 2) {
                        System.exit(way);
                    } else if (way == 3) {
                        Runtime.getRuntime().exit(way);
                    } else {
                        Runtime.getRuntime().halt(way);
                    }
                } catch (IllegalStateException e) {
                    said = e.getMessage();
                }
            }
            String all = said;
            return status -> {
                throw new IllegalStateException("nothing called " + status + all);
            };
        }
    }

    /// Holds no call.
    public static final class Harmless {
        /// Made by nobody.
        public Harmless() {
            // nothing to prepare
        }

        @Override
        public String toString() {
            return "exit" + System.getProperty("halt") + Runtime.getRuntime().availableProcessors();
        }
    }

    private static byte[] bytes(Class<?> type) throws IOException {
        try (InputStream in = type.getResourceAsStream("/" + type.getName().replace('.', '/') + ".class")) {
            return in.readAllBytes();
        }
    }

    private static IntConsumer woven() throws IOException, ReflectiveOperationException {
        byte[] bytes = ExitWeaver.woven(bytes(Ending.class));
        ClassLoader loader = new ClassLoader(ExitWeaverTest.class.getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                return name.equals(Ending.class.getName()) ? defineClass(name, bytes, 0, bytes.length)
                        : super.loadClass(name, resolve);
            }
        };
        return (IntConsumer) Class.forName(Ending.class.getName(), true, loader).getConstructor().newInstance();
    }

    @Test
    void everyWayToEndTheProcessThrowsInstead() throws IOException, ReflectiveOperationException {
        String[] calls = {"System.exit", "Runtime.exit", "System.exit", "Runtime.exit", "Runtime.halt"};
        for (int way = 0; way < calls.length; way++) {
            IntConsumer ending = woven();
            int status = way;
            assertThatThrownBy(() -> ending.accept(status)).isInstanceOf(SecurityException.class)
                    .hasMessageContaining("called " + calls[way] + "(" + way + ")");
        }
        assertThatThrownBy(() -> woven().accept(5)).hasMessage("nothing called 5");
    }

    @Test
    void aClassThatCallsNoneOfThemStaysAsItIs() throws IOException {
        byte[] harmless = bytes(Harmless.class);
        assertThat(ExitWeaver.woven(harmless)).isSameAs(harmless);
    }

    @Test
    void aClassThatHidesOneInADynamicConstantIsRefused() {
        DirectMethodHandleDesc exit = MethodHandleDesc.ofMethod(DirectMethodHandleDesc.Kind.STATIC,
                ClassDesc.of("java.lang.System"), "exit", MethodTypeDesc.ofDescriptor("(I)V"));
        DynamicConstantDesc<?> hidden = DynamicConstantDesc.ofNamed(
                ConstantDescs.ofConstantBootstrap(ClassDesc.of("java.lang.invoke.ConstantBootstraps"), "invoke",
                        ConstantDescs.CD_Object, ConstantDescs.CD_MethodHandle, ConstantDescs.CD_Object.arrayType()),
                "hidden", ConstantDescs.CD_Object, exit, 3);
        byte[] bytes = ClassFile.of().build(ClassDesc.of("com.acme.Hides"), type -> type.withMethodBody("hide",
                MethodTypeDesc.ofDescriptor("()V"), ClassFile.ACC_PUBLIC | ClassFile.ACC_STATIC,
                code -> code.loadConstant(hidden).pop().return_()));
        assertThatIllegalArgumentException().isThrownBy(() -> ExitWeaver.woven(bytes))
                .withMessageContaining("dynamic constant");
    }

    @Test
    void whatIsNoClassIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> ExitWeaver.woven(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}));
    }
}
