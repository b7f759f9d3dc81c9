import type { NamedSet, PublishedFile } from './named-set';

/** The four files of MNIST's format, by lengths and digests in the order of their names. */
const four = (...known: readonly (readonly [bytes: number, sha256: string])[]): readonly PublishedFile[] =>
  ['t10k-images-idx3', 't10k-labels-idx1', 'train-images-idx3', 'train-labels-idx1'].map((name, at) => ({
    name: `${name}-ubyte.gz`,
    bytes: known[at]![0],
    sha256: known[at]![1],
  }));

/**
 * The sets that `--data` knows by name. Digests are those that TensorFlow Datasets checks (`url_checksums`), and of QMNIST those of
 * torchvision.
 */
export const namedSets = {
  'fashion-mnist': {
    meaning: 'clothes in ten classes, 28x28 gray, 60,000 and 10,000',
    licence: 'MIT',
    source: 'http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/',
    files: four(
      [4422102, '346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073'],
      [5148, '67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5'],
      [26421880, '3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84'],
      [29515, 'a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845'],
    ),
    set: 'idx',
  },
  kmnist: {
    meaning: 'Kuzushiji-MNIST, Japanese cursive letters in ten classes, 28x28 gray, 60,000 and 10,000',
    licence: 'CC BY-SA 4.0',
    source: 'http://codh.rois.ac.jp/kmnist/dataset/kmnist/',
    files: four(
      [3041136, 'edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5'],
      [5120, '20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c'],
      [18165135, '51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4'],
      [29497, 'e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17'],
    ),
    set: 'idx',
  },
  'emnist-letters': {
    meaning: 'handwritten letters, 28x28 gray, 124,800 and 20,800, labels 1 to 26',
    licence: 'public domain, of the United States government',
    source: 'https://www.itl.nist.gov/iaui/vip/cs_links/EMNIST/',
    files: [
      {
        name: 'gzip.zip',
        bytes: 561753746,
        sha256: 'fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e',
        members: ['train-images-idx3', 'train-labels-idx1', 'test-images-idx3', 'test-labels-idx1'].map(
          name => `emnist-letters-${name}-ubyte.gz`,
        ),
      },
    ],
    set: 'idx',
  },
  qmnist: {
    meaning: 'MNIST made anew from its source, 28x28 gray, 60,000 and 60,000',
    licence: 'BSD-3-Clause',
    source: 'https://raw.githubusercontent.com/facebookresearch/qmnist/master/',
    files: [
      { name: 'qmnist-train-images-idx3-ubyte.gz', md5: 'ed72d4157d28c017586c42bc6afe6370' },
      { name: 'qmnist-train-labels-idx2-int.gz', md5: '0058f8dd561b90ffdd0f734c6a30e5e4' },
      { name: 'qmnist-test-images-idx3-ubyte.gz', md5: '1394631089c404de565df7b7aeaf9412' },
      { name: 'qmnist-test-labels-idx2-int.gz', md5: '5b5b05890a5e13444e108efe57b788aa' },
    ],
    set: 'idx',
  },
  'cifar-10': {
    meaning: 'photographs in ten classes, 32x32 RGB, 50,000 and 10,000',
    licence: 'none stated',
    source: 'https://www.cs.toronto.edu/~kriz/',
    files: [
      {
        name: 'cifar-10-binary.tar.gz',
        bytes: 170052171,
        sha256: 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd',
        members: [
          ...[1, 2, 3, 4, 5].map(number => `data_batch_${number}.bin`),
          'test_batch.bin',
          'batches.meta.txt',
        ],
      },
    ],
    set: 'cifar',
  },
  'cifar-100': {
    meaning: 'photographs in a hundred classes, 32x32 RGB, 50,000 and 10,000',
    licence: 'none stated',
    source: 'https://www.cs.toronto.edu/~kriz/',
    files: [
      {
        name: 'cifar-100-binary.tar.gz',
        bytes: 168513733,
        sha256: '58a81ae192c23a4be8b1804d68e518ed807d710a4eb253b1f2a199162a40d8ec',
        members: ['train.bin', 'test.bin', 'fine_label_names.txt'],
      },
    ],
    set: 'cifar',
  },
  smallnorb: {
    meaning:
      'toys in five classes, stereo pairs of 96x96, 24,300 and 24,300; --size 48 as in the paper on EM routing',
    licence: 'for research only, not to be sold',
    source: 'https://cs.nyu.edu/~ylclab/data/norb-v1.0-small/',
    files: [
      {
        name: 'smallnorb-5x46789x9x18x6x2x96x96-training-dat.mat.gz',
        bytes: 131896188,
        sha256: '5ffd6272a07d32695ee1082a26a41a93a37aab8c28da047f8c34ed348d214873',
      },
      {
        name: 'smallnorb-5x46789x9x18x6x2x96x96-training-cat.mat.gz',
        bytes: 348,
        sha256: '2784e542c1922060691090952b6cd6278879a216c90f81476f0f00256d42cdaa',
      },
      {
        name: 'smallnorb-5x01235x9x18x6x2x96x96-testing-dat.mat.gz',
        bytes: 130799817,
        sha256: 'cf7104eed3e51174d2f65b66d1e5878b9da233b886f161b0d88f4510ba2c7474',
      },
      {
        name: 'smallnorb-5x01235x9x18x6x2x96x96-testing-cat.mat.gz',
        bytes: 347,
        sha256: 'ecaf6d5bb8c3bc5eab9cf0258f6d2198dd474e016e374836fc097f2e5ff509ff',
      },
    ],
    set: 'norb',
  },
  affnist: {
    meaning:
      'digits of MNIST on 40x40 gray, 60,000 in the middle, and 320,000 moved, turned, stretched and slanted to test with',
    licence: 'none stated',
    source: 'https://www.cs.toronto.edu/~tijmen/affNIST/32x/',
    files: [
      {
        name: 'training_and_validation.mat.zip',
        below: 'just_centered',
        members: ['training_and_validation.mat'],
      },
      { name: 'test.mat.zip', below: 'transformed', members: ['test.mat'] },
    ],
    set: 'affnist',
  },
  usps: {
    meaning: 'digits of postal codes, 16x16 gray, 7,291 and 2,007',
    licence: 'none stated',
    source: 'https://hastie.su.domains/ElemStatLearn/datasets/',
    files: [{ name: 'zip.train.gz' }, { name: 'zip.test.gz' }],
    set: 'usps',
  },
} satisfies Readonly<Record<string, NamedSet>>;

export type NamedSetName = keyof typeof namedSets;
export const namedSetNames = Object.keys(namedSets) as NamedSetName[];
