"""The vector field in PyTorch, with the same weights: what ours is measured against where PyTorch is installed.

Written as one would write it for speed in PyTorch on a CPU: its own layers, tensors and kernels channels-last, so that
oneDNN does the convolutions, and nothing recorded for gradients.
"""

import importlib.util
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ode_appearance.models.layers import time_embedding
from ode_appearance.models.unet import VectorField


def available() -> bool:
    """Whether PyTorch is installed."""
    return importlib.util.find_spec("torch") is not None


class TorchField:
    """dz/dt of one state, computed by PyTorch on a CPU. Only for the published borders of the resampling."""

    def __init__(self, field: VectorField):
        import torch

        self._torch, self._functional = torch, torch.nn.functional
        self._structure = field
        # Tensors by the identity of the arrays that they are made from: the structure stays the vector field's own.
        self._tensors = {id(leaf): self._tensor(np.asarray(leaf)) for leaf in jax.tree.leaves(field)}

    def _tensor(self, values):
        tensor = self._torch.from_numpy(np.array(values))
        return tensor.contiguous(memory_format=self._torch.channels_last) if tensor.ndim == 4 else tensor

    def state(self, z: Float[Array, "channels h w"]) -> Any:
        """The state as a tensor, (1, channels, h, w), channels last in memory."""
        return self._tensor(np.asarray(z)[None])

    def __call__(self, t: float, z: Any) -> Any:
        """dz/dt at model time t of a state as `state` gives it; a tensor of the same shape."""
        field, functional = self._structure, self._functional
        with self._torch.inference_mode():
            time = self._tensor(np.asarray(time_embedding(jnp.float32(t), field.architecture.dim)))
            for layer, activation in zip(field.time_mlp, (functional.silu, lambda x: x), strict=True):
                time = activation(functional.linear(time, self._of(layer.weight), self._of(layer.bias)))
            x = self._block(field.init_conv, z, None)
            skips = [x]
            for block, attention, resample in field.downs:
                x = self._attention(attention, self._block(block, x, time))
                skips.append(x)
                x = self._resample(resample, x)
            x = self._attention(field.mid[1], self._block(field.mid[0], x, time))
            for resample, block, attention in field.ups:
                x = self._torch.cat([self._resample(resample, x), skips.pop()], 1)
                x = self._attention(attention, self._block(block, x, time))
            x = self._block(field.final_conv[0], self._torch.cat([x, skips.pop()], 1), None)
            return self._convolve(field.final_conv[1], x)

    def _of(self, leaf):
        return self._tensors[id(leaf)]

    def _convolve(self, layer, x):
        if layer.kernel_size == (3, 3):
            x = self._pad(x)
        return self._functional.conv2d(x, self._of(layer.weight), self._of(layer.bias).flatten())

    def _pad(self, x):
        # Circular padding by `torch.nn.functional.pad` takes ten times as long, for it comes out channels first.
        n, channels, h, w = x.shape
        padded = self._torch.empty((n, channels, h + 2, w + 2), memory_format=self._torch.channels_last)
        padded[:, :, 1:-1, 1:-1] = x
        padded[:, :, 0, 1:-1], padded[:, :, -1, 1:-1] = x[:, :, -1], x[:, :, 0]
        padded[..., 0], padded[..., -1] = padded[..., -2], padded[..., 1]
        return padded

    def _norm(self, norm, x):
        affine = (self._of(norm.weight), self._of(norm.bias)) if norm.channelwise_affine else (None, None)
        return self._functional.group_norm(x, norm.groups, *affine, norm.eps)

    def _block(self, block, x, time):
        x = self._norm(block.norm, self._convolve(block.proj, x))
        if block.mlp is not None:
            both = self._functional.linear(self._functional.silu(time), self._of(block.mlp.weight), self._of(block.mlp.bias))
            scale, shift = both[:, None, None].chunk(2)
            x = x * (1 + scale) + shift
        return self._torch.sigmoid(x) if block.sigmoid else self._functional.silu(x)

    def _attention(self, attention, x):
        if attention is None:
            return x
        _, _, h, w = x.shape
        query, key, value = self._convolve(attention.to_qkv, self._norm(attention.norm, x)).chunk(3, 1)
        query, key, value = (part.reshape(attention.heads, -1, h * w) for part in (query, key, value))
        context = key.softmax(-1) @ value.transpose(1, 2)
        out = (context.transpose(1, 2) @ query).reshape(1, -1, h, w)
        return x + self._convolve(attention.to_out, out)

    def _resample(self, resample, x):
        factor = 2 if resample.upsample else 0.5
        # Of the antialiasing two, only the reduction needs it: it slows the enlargement and changes nothing in it.
        antialias = not resample.upsample
        x = self._functional.interpolate(x, scale_factor=factor, mode="bilinear", align_corners=False, antialias=antialias)
        return self._convolve(resample.conv, x)
